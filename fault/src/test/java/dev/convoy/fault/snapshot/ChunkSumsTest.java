/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkSumsTest {
    private static final long BYTES = 2 * ChunkSums.CHUNK + 777;

    private final MemorySegment region = MemorySegment.ofArray(new byte[(int) BYTES]);

    ChunkSumsTest() {
        Random random = new Random(5);
        for (long i = 0; i < BYTES; i++) {
            region.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
    }

    @Test
    void theWholeIsThatOfTheBytes() {
        ChunkSums sums = new ChunkSums(region);

        assertThat(sums.count()).isEqualTo(3);
        assertThat(sums.length(2)).isEqualTo(777);
        assertThat(sums.whole()).isEqualTo(Checksum.of(region));
    }

    @Test
    void whatWasNotedCountsAndNotWhatLiesThereNow() {
        ChunkSums sums = new ChunkSums(region);
        long before = sums.whole();
        long second = sums.of(1);
        region.set(ValueLayout.JAVA_BYTE, ChunkSums.CHUNK + 3, (byte)
                ~region.get(ValueLayout.JAVA_BYTE, ChunkSums.CHUNK + 3));

        assertThat(sums.whole()).isEqualTo(before);
        assertThat(sums.of(1)).isEqualTo(second);
        assertThat(sums.holds(0)).isTrue();
        assertThat(sums.holds(1)).isFalse();
        sums.put(1, Checksum.of(sums.bytes(1)));
        assertThat(sums.holds(1)).isTrue();
        assertThat(sums.whole()).isEqualTo(Checksum.of(region)).isNotEqualTo(before);
    }

    @Test
    void nothingHasAChecksumToo() {
        assertThat(new ChunkSums(MemorySegment.ofArray(new byte[0])).whole())
                .isEqualTo(Checksum.of(MemorySegment.ofArray(new byte[0])));
    }
}
