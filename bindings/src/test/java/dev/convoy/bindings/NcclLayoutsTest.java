/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Offsets as the C compiler gives them to NVIDIA's header of 2.29.3 on x86-64. */
class NcclLayoutsTest {
    @ParameterizedTest
    @CsvSource({
        "size, 0",
        "magic, 8",
        "version, 12",
        "blocking, 16",
        "cgaClusterSize, 20",
        "minCTAs, 24",
        "maxCTAs, 28",
        "netName, 32",
        "splitShare, 40",
        "trafficClass, 44",
        "commName, 48",
        "collnetEnable, 56",
        "CTAPolicy, 60",
        "shrinkShare, 64",
        "nvlsCTAs, 68",
        "nChannelsPerNetPeer, 72",
        "nvlinkCentricSched, 76",
        "graphUsageMode, 80",
        "numRmaCtx, 84"
    })
    void memberIsWhereTheHeaderPutsIt(String member, long offset) {
        assertThat(NcclLayouts.CONFIG.byteOffset(PathElement.groupElement(member)))
                .isEqualTo(offset);
    }

    @Test
    void sizesAreThoseOfTheHeader() {
        assertThat(NcclLayouts.CONFIG.byteSize()).isEqualTo(88);
        assertThat(NcclLayouts.UNIQUE_ID.byteSize()).isEqualTo(128);
    }

    @Test
    void newConfigurationLeavesTheRestUndefined() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = NcclLayouts.newConfig(arena, true, "some name");
            assertThat(config.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(88);
            assertThat(config.get(ValueLayout.JAVA_INT, 8)).isEqualTo(0xcafebeef);
            assertThat(config.get(ValueLayout.JAVA_INT, 12)).isEqualTo(22903);
            assertThat(config.get(ValueLayout.JAVA_INT, 16)).isEqualTo(1);
            assertThat(config.get(ValueLayout.JAVA_LONG, 32)).isZero();
            assertThat(NativeMemory.text(config.get(ValueLayout.JAVA_LONG, 48))).isEqualTo("some name");
            for (long offset : new long[] {20, 24, 28, 40, 44, 56, 60, 64, 68, 72, 76, 80, 84}) {
                assertThat(config.get(ValueLayout.JAVA_INT, offset)).isEqualTo(Integer.MIN_VALUE);
            }
        }
    }
}
