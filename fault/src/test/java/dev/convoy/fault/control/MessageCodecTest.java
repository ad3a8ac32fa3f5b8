/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.fault.protocol.Message;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RunSummary;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
    @Test
    void everyKindIsTestedAndHasATagOfItsOwn() {
        RandomMessages messages = new RandomMessages(1);
        Set<Integer> tags = new HashSet<>();
        Set<Class<?>> kinds = new HashSet<>();
        for (int kind = 0; kind < messages.kinds(); kind++) {
            Message message = messages.ofKind(kind);
            kinds.add(message.getClass());
            tags.add((int) MessageCodec.encode(message)[1]);
        }
        Set<Class<?>> permitted = new HashSet<>();
        for (Class<?> side : Message.class.getPermittedSubclasses()) {
            permitted.addAll(Arrays.asList(side.getPermittedSubclasses()));
        }
        assertThat(kinds).isEqualTo(permitted);
        assertThat(tags).hasSameSizeAs(permitted);
    }

    @Test
    void hugeCountCostsNoMemory() {
        byte[] body = ByteBuffer.allocate(40)
                .put((byte) 1)
                .put((byte) 4)
                .putLong(1)
                .put((byte) 0)
                .putInt(Integer.MAX_VALUE)
                .array();
        assertThatThrownBy(() -> MessageCodec.decode(body))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("2147483647");
    }

    @Test
    void otherFormatIsNamed() {
        assertThatThrownBy(() -> MessageCodec.decode(new byte[] {9, 2}))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("record format 9; this side speaks 1");
    }

    @Test
    void lengthsBeyondTheLimitAreRefusedBeforeReading() {
        for (int length : new int[] {-1, 0, 1, Limits.FRAME_BYTES + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            byte[] header = ByteBuffer.allocate(4).putInt(length).array();
            assertThatThrownBy(() -> MessageCodec.read(new ByteArrayInputStream(header), Limits.FRAME_BYTES))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void endOfTheStreamIsNoErrorOnlyBetweenFrames() throws IOException {
        byte[] frame = MessageCodec.frame(new RankMessage.Completed(3));
        assertThat(MessageCodec.read(new ByteArrayInputStream(new byte[0]), 100))
                .isNull();
        for (int length = 1; length < frame.length; length++) {
            byte[] cut = Arrays.copyOf(frame, length);
            assertThatThrownBy(() -> MessageCodec.read(new ByteArrayInputStream(cut), 100))
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void longTextForAPersonIsCut() throws IOException {
        Message read = MessageCodec.decode(MessageCodec.encode(new RankMessage.Failing(1, "x".repeat(5_000_000))));
        assertThat(((RankMessage.Failing) read).description())
                .hasSize(Limits.TEXT_CHARS)
                .endsWith("x…");
    }

    @Test
    void whatDoesNotFitIsTheSendersError() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageCodec.encode(new RankMessage.FaultFired("x".repeat(9_000), 0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageCodec.encode(
                        new RankMessage.Aborted(1, 1, 1, List.of(), null, new byte[Limits.FRAME_BYTES])));
    }

    @Test
    void longestLossHistoryFits() {
        double[] losses = new double[RunSummary.MAX_LOSSES];
        RunSummary summary = new RunSummary(1, 1, null, null, losses, 0, 0, 0, null);
        assertThat(MessageCodec.encode(new RankMessage.Finished(1, summary))).isNotEmpty();
    }
}
