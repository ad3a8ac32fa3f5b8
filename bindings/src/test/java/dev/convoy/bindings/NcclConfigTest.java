/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.convoy.bindings.NcclConfig.Member;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sizes and offsets as the C compiler gives them to NVIDIA's headers on x86-64. */
class NcclConfigTest {
    @ParameterizedTest
    @CsvSource({
        "21701, 21701, 40",
        "21706, 21701, 40",
        "21801, 21801, 48",
        "21903, 21801, 48",
        "22505, 21801, 48",
        "22602, 22602, 48",
        "22703, 22703, 72",
        "22707, 22703, 72",
        "22803, 22803, 80",
        "22809, 22803, 80",
        "22902, 22902, 88",
        "22903, 22902, 88",
        "22907, 22902, 88",
        "23003, 23003, 96",
        "23004, 23003, 96",
        "23007, 23007, 96",
        "23201, 23007, 96"
    })
    void layoutIsTheNewestThatTheLibraryKnows(int library, int version, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = NcclConfig.allocate(arena, library).memory();
            assertThat(memory.byteSize()).isEqualTo(bytes);
            assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(bytes);
            assertThat(memory.get(ValueLayout.JAVA_INT, 8)).isEqualTo(0xcafebeef);
            assertThat(memory.get(ValueLayout.JAVA_INT, 12)).isEqualTo(version);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "blocking, 16, 21701",
        "cgaClusterSize, 20, 21701",
        "minCTAs, 24, 21701",
        "maxCTAs, 28, 21701",
        "netName, 32, 21701",
        "splitShare, 40, 21801",
        "trafficClass, 44, 22602",
        "commName, 48, 22703",
        "collnetEnable, 56, 22703",
        "CTAPolicy, 60, 22703",
        "shrinkShare, 64, 22703",
        "nvlsCTAs, 68, 22703",
        "nChannelsPerNetPeer, 72, 22803",
        "nvlinkCentricSched, 76, 22803",
        "graphUsageMode, 80, 22902",
        "numRmaCtx, 84, 22902",
        "maxP2pPeers, 88, 23003",
        "graphStreamOrdering, 92, 23007"
    })
    void memberIsWhereTheHeaderPutsIt(String symbol, long offset, int since) {
        Member member = member(symbol);
        assertThat(member.offset()).isEqualTo(offset);
        assertThat(member.since()).isEqualTo(since);
    }

    @ParameterizedTest
    @EnumSource(Member.class)
    void memberIsUndefinedUntilItIsSet(Member member) {
        try (Arena arena = Arena.ofConfined()) {
            NcclConfig config = NcclConfig.allocate(arena, 2_30_07);
            if (member.isText()) {
                assertThat(config.memory().get(ValueLayout.JAVA_LONG, member.offset()))
                        .isZero();
                config.set(member, "some text");
                long text = config.memory().get(ValueLayout.JAVA_LONG, member.offset());
                assertThat(NativeMemory.text(text)).isEqualTo("some text");
            } else {
                assertThat(config.memory().get(ValueLayout.JAVA_INT, member.offset()))
                        .isEqualTo(Integer.MIN_VALUE);
                config.set(member, 17);
                assertThat(config.memory().get(ValueLayout.JAVA_INT, member.offset()))
                        .isEqualTo(17);
            }
        }
    }

    @Test
    void blockingAndNameAreSet() {
        try (Arena arena = Arena.ofConfined()) {
            NcclConfig config =
                    NcclConfig.allocate(arena, 2_29_03).blocking(true).name("some name");
            assertThat(config.memory().get(ValueLayout.JAVA_INT, 16)).isEqualTo(1);
            assertThat(NativeMemory.text(config.memory().get(ValueLayout.JAVA_LONG, 48)))
                    .isEqualTo("some name");
            assertThat(config.blocking(false).memory().get(ValueLayout.JAVA_INT, 16))
                    .isZero();
        }
    }

    @Test
    void olderLibraryHasNoPlaceForANameAndRefusesWhatItDoesNotKnow() {
        try (Arena arena = Arena.ofConfined()) {
            NcclConfig config = NcclConfig.allocate(arena, 2_19_03).name("not kept");
            assertThat(config.has(Member.SPLIT_SHARE)).isTrue();
            assertThat(config.has(Member.TRAFFIC_CLASS)).isFalse();
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> config.set(Member.NVLS_CTAS, 4))
                    .withMessage("ncclConfig_t has nvlsCTAs since NCCL 2.27.3; the loaded library knows the layout of"
                            + " 2.18.1");
        }
    }

    @Test
    void wrongKindOfValueAndTooOldALibraryAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            NcclConfig config = NcclConfig.allocate(arena, 2_29_03);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> config.set(Member.NET_NAME, 1))
                    .withMessage("netName is a text");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> config.set(Member.MIN_CTAS, "1"))
                    .withMessage("minCTAs is a number");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NcclConfig.allocate(arena, 2_16_05))
                    .withMessageContaining("2.16.5 is too old");
        }
    }

    @Test
    void structuresOfOneShapeHaveTheHeadersSizes() {
        assertThat(NcclLayouts.UNIQUE_ID.byteSize()).isEqualTo(128);
        assertThat(NcclSimInfo.LAYOUT.byteSize()).isEqualTo(24);
        assertThat(NcclWaitSignals.LAYOUT.byteSize()).isEqualTo(16);
        try (Arena arena = Arena.ofConfined()) {
            NcclSimInfo info = NcclSimInfo.allocate(arena);
            MemorySegment memory = NativeMemory.view(info.address(), 24);
            assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(24);
            assertThat(memory.get(ValueLayout.JAVA_INT, 8)).isEqualTo(0x74685283);
            assertThat(memory.get(ValueLayout.JAVA_INT, 12)).isEqualTo(22203);
            assertThat(info.estimatedTime()).isEqualTo(-1);
            long second = NcclWaitSignals.allocate(arena, 2).set(1, 3, 4, 5, 6).address() + 16;
            assertThat(NativeMemory.view(second, 16).toArray(ValueLayout.JAVA_INT))
                    .containsExactly(3, 4, 5, 6);
        }
    }

    private static Member member(String symbol) {
        return Arrays.stream(Member.values())
                .filter(member -> member.symbol().equals(symbol))
                .findFirst()
                .orElseThrow();
    }
}
