/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.fault.protocol.Message;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Properties of the codec over random messages, random damage and rubbish. */
class MessageCodecPropertyTest {
    @Property(tries = 1_000)
    void everyMessageReadsBack(@ForAll long seed) throws IOException {
        RandomMessages messages = new RandomMessages(seed);
        for (int kind = 0; kind < messages.kinds(); kind++) {
            Message message = messages.ofKind(kind);
            byte[] frame = MessageCodec.frame(message);
            Message read = MessageCodec.read(new ByteArrayInputStream(frame), Limits.FRAME_BYTES);
            assertThat(read).isEqualTo(message);
            assertThat(MessageCodec.encode(read)).isEqualTo(MessageCodec.encode(message));
        }
    }

    @Property(tries = 3_000)
    void changedBytesAreAnotherMessageOrAProtocolException(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] body = MessageCodec.encode(new RandomMessages(seed).any());
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt();
        }
        decodesOrRefuses(body);
    }

    @Property(tries = 3_000)
    void rubbishIsAProtocolException(@ForAll byte[] rubbish) {
        decodesOrRefuses(rubbish);
        byte[] plausible = rubbish.clone();
        if (plausible.length > 1) {
            plausible[0] = 1;
            plausible[1] = (byte) (plausible[1] & 0x4f);
            decodesOrRefuses(plausible);
        }
    }

    @Property(tries = 300)
    void everyTruncationAndEveryTailIsRefused(@ForAll long seed) {
        byte[] body = MessageCodec.encode(new RandomMessages(seed).any());
        for (int length = 0; length < body.length; length++) {
            byte[] cut = Arrays.copyOf(body, length);
            assertThatThrownBy(() -> MessageCodec.decode(cut)).isInstanceOf(ProtocolException.class);
        }
        byte[] longer = Arrays.copyOf(body, body.length + 1);
        assertThatThrownBy(() -> MessageCodec.decode(longer)).isInstanceOf(ProtocolException.class);
    }

    private static void decodesOrRefuses(byte[] body) {
        try {
            assertThat(MessageCodec.decode(body)).isNotNull();
        } catch (ProtocolException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }
}
