/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.convoy.launcher.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A rank that dies or hangs ends the whole with one line, and nothing is left. */
@Timeout(120)
class PerfFailureTest {
    private static final String LONG_RUN = "all_reduce --ranks 3 -b 8 -e 8 -n 1000000000 --runtime host";
    private static final String MANY_SIZES = "all_reduce --ranks 3 -b 8 -e 8M -f 2 -n 5000 --runtime host";

    @TempDir
    Path temp;

    @Test
    void killedRankEndsTheRunWithOneLine() {
        PerfOutput ran = signalled(LONG_RUN, "KILL", 1, _ -> true);
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.errors().lines()).hasSize(1);
        assertThat(ran.errors()).matches("convoy: rank 1 \\(process \\d+\\) was killed by SIGKILL\n");
        assertNothingIsLeft(ran);
    }

    @Test
    void stoppedRankEndsTheRunWithOneLine() {
        // Once the ranks have met, for which they have more time.
        PerfOutput ran = signalled(MANY_SIZES + " --deadline 1", "STOP", 2, PerfFailureTest::hasResults);
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.errors().lines()).hasSize(1);
        assertThat(ran.errors()).matches("convoy: rank 2 \\(process \\d+\\) is stopped; the others waited 1 s\n");
        assertNothingIsLeft(ran);
    }

    @Test
    void killedCommandTakesItsRanksWithIt() throws IOException, InterruptedException {
        Path output = temp.resolve("output");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:-UsePerfData", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "perf"));
        command.addAll(List.of(LONG_RUN.split(" ")));
        Process perf = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .failFast(() -> !perf.isAlive())
                    .until(() -> PerfOutput.pids(Files.readString(output)).size() == 3);
        } finally {
            perf.destroyForcibly().waitFor();
        }
        List<Long> pids = PerfOutput.pids(Files.readString(output));
        assertThat(pids).hasSize(3);
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        pids.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
    }

    private static boolean hasResults(String output) {
        return output.lines().anyMatch(line -> line.matches(" +8 .*float.*"));
    }

    private static PerfOutput signalled(String commandLine, String signal, int rank, Predicate<String> when) {
        AtomicBoolean sent = new AtomicBoolean();
        return PerfOutput.of(commandLine, output -> {
            List<Long> pids = PerfOutput.pids(output);
            if (pids.size() == 3 && when.test(output) && !sent.getAndSet(true)) {
                send(signal, pids.get(rank));
            }
        });
    }

    private static void send(String signal, long pid) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertNothingIsLeft(PerfOutput ran) {
        assertThat(PerfOutput.pids(ran.output()))
                .hasSize(3)
                .allSatisfy(pid -> assertThat(ProcessHandle.of(pid)).isEmpty());
    }
}
