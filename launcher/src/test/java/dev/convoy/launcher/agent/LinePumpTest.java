/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinePumpTest {
    @Test
    void everyLineCarriesTheRank() {
        assertThat(pumped("one\n\ntwo\n")).isEqualTo("[rank 3] one\n[rank 3] \n[rank 3] two\n");
    }

    @Test
    void aLastLineWithoutAnEndIsShownWhole() {
        assertThat(pumped("one\ntwo")).isEqualTo("[rank 3] one\n[rank 3] two\n");
    }

    @Test
    void nothingGivesNothing() {
        assertThat(pumped("")).isEmpty();
    }

    @Test
    void bytesThatAreNoTextPassThrough() {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        new LinePump(new ByteArrayInputStream(new byte[] {(byte) 0xff, 0, (byte) 0xc3, '\n'}), sink, 0).run();
        assertThat(sink.toByteArray()).endsWith(0xff, 0, 0xc3, '\n');
    }

    @Test
    void aLineWithoutAnEndIsCutAndNothingOfItLost() {
        String text = "x".repeat(3 * LinePump.LONGEST_LINE + 5);
        String[] lines = pumped(text).split("\n");
        assertThat(lines).hasSize(4).allMatch(line -> line.startsWith("[rank 3] "));
        assertThat(String.join("", lines).replace("[rank 3] ", "")).isEqualTo(text);
    }

    @Test
    void aLineInPiecesStaysWhole() {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        new LinePump(oneByteAtATime("hello world\n"), sink, 3).run();
        assertThat(sink.toString(StandardCharsets.UTF_8)).isEqualTo("[rank 3] hello world\n");
    }

    @Test
    void linesOfManyRanksDoNotMix() throws InterruptedException {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        List<Thread> pumps = new ArrayList<>();
        for (int rank = 0; rank < 8; rank++) {
            String line = Character.toString('a' + rank).repeat(200) + "\n";
            InputStream source = oneByteAtATime(line.repeat(100));
            pumps.add(Thread.ofPlatform().start(new LinePump(source, sink, rank)));
        }
        for (Thread pump : pumps) {
            pump.join();
        }
        assertThat(sink.toString(StandardCharsets.UTF_8).lines())
                .hasSize(800)
                .allMatch(line -> line.matches("\\[rank (\\d)] (.)\\2{199}"));
    }

    @Test
    void aBrokenSinkStillDrainsTheRank() {
        InputStream source = new ByteArrayInputStream("line\n".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        new LinePump(source, new BrokenSink(), 0).run();
        assertThat(source).isEmpty();
    }

    private static String pumped(String text) {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        new LinePump(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), sink, 3).run();
        return sink.toString(StandardCharsets.UTF_8);
    }

    private static InputStream oneByteAtATime(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(1, length));
            }

            @Override
            public int read(byte[] buffer) {
                return read(buffer, 0, buffer.length);
            }
        };
    }

    private static final class BrokenSink extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
        }
    }
}
