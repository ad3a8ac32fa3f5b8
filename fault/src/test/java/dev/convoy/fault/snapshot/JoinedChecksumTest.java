/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Checksums joined without their bytes, against the JDK's checksum of the bytes. */
class JoinedChecksumTest {
    @Property
    void equalsTheChecksumOfTheWhole(@ForAll @Size(max = 6) List<byte[]> pieces) {
        CRC32C whole = new CRC32C();
        JoinedChecksum joined = new JoinedChecksum();
        for (byte[] piece : pieces) {
            whole.update(piece);
            joined.add(crc(piece), piece.length);
        }
        assertThat(joined.value()).isEqualTo(whole.getValue());
    }

    @Property
    void takesZerosInBetween(@ForAll byte[] before, @ForAll @IntRange(max = 5_000) int zeros, @ForAll byte[] after) {
        CRC32C whole = new CRC32C();
        whole.update(before);
        whole.update(new byte[zeros]);
        whole.update(after);
        JoinedChecksum joined = new JoinedChecksum();
        joined.add(crc(before), before.length);
        joined.zerosTo(before.length + zeros);
        joined.add(crc(after), after.length);
        assertThat(joined.value()).isEqualTo(whole.getValue());
    }

    @Example
    void knowsThePublishedCheckValue() {
        JoinedChecksum joined = new JoinedChecksum();
        joined.add(crc("1234".getBytes(StandardCharsets.US_ASCII)), 4);
        joined.add(crc("56789".getBytes(StandardCharsets.US_ASCII)), 5);
        assertThat(joined.value()).isEqualTo(0xE3069283L);
    }

    @Example
    void takesMoreThanAnArrayHolds() {
        CRC32C whole = new CRC32C();
        byte[] block = new byte[1 << 24];
        JoinedChecksum joined = new JoinedChecksum();
        for (int i = 0; i < 200; i++) {
            whole.update(block);
        }
        joined.zerosTo(200L << 24);
        assertThat(joined.value()).isEqualTo(whole.getValue());
    }

    private static long crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }
}
