/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.bindings.NativeResources;
import dev.convoy.bindings.NcclConfig;
import dev.convoy.bindings.NcclConfig.Member;
import dev.convoy.bindings.NcclLayouts;
import dev.convoy.bindings.NcclSimInfo;
import dev.convoy.bindings.NcclWaitSignals;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.cuda.cudart.cudaPointerAttributes;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.cuda.nccl.ncclConfig_t;
import org.bytedeco.cuda.nccl.ncclSimInfo_t;
import org.bytedeco.cuda.nccl.ncclUniqueId;
import org.bytedeco.cuda.nccl.ncclWaitSignalDesc_t;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convoy's layouts against those that a C++ compiler gave to NVIDIA's own header of 2.29.3, inside JavaCPP's library.
 */
class LayoutTest {
    @BeforeAll
    static void load() throws Exception {
        new JavaCppBindings().open(Optional.of(NativeResources.library("libconvoy_host.so")));
    }

    static Stream<Member> members() {
        return Arrays.stream(Member.values()).filter(member -> member.since() <= nccl.NCCL_VERSION_CODE);
    }

    @ParameterizedTest
    @MethodSource("members")
    void memberOfTheConfigurationIsWhereTheCompilerPutIt(Member member) {
        assertThat(member.offset()).isEqualTo(Loader.offsetof(ncclConfig_t.class, member.symbol()));
    }

    @ParameterizedTest
    @EnumSource(Member.class)
    void configurationIsAsLongAsTheCompilersAndHoldsNoMore(Member member) {
        try (Arena arena = Arena.ofConfined()) {
            NcclConfig config = NcclConfig.allocate(arena, nccl.NCCL_VERSION_CODE);
            assertThat(config.memory().byteSize()).isEqualTo(Pointer.sizeof(ncclConfig_t.class));
            assertThat(config.has(member)).isEqualTo(members().anyMatch(member::equals));
        }
    }

    @Test
    void configurationReadsTheSameThere() {
        try (Arena arena = Arena.ofConfined()) {
            NcclConfig config = NcclConfig.allocate(arena, nccl.NCCL_VERSION_CODE)
                    .blocking(false)
                    .name("a name")
                    .set(Member.MAX_CTAS, 5);
            ncclConfig_t theirs = new Arguments.Config().at(config.address());
            assertThat(theirs.size()).isEqualTo(Pointer.sizeof(ncclConfig_t.class));
            assertThat(theirs.magic()).isEqualTo(nccl.NCCL_API_MAGIC);
            assertThat(theirs.version()).isBetween(22902, nccl.NCCL_VERSION_CODE);
            assertThat(theirs.blocking()).isZero();
            assertThat(theirs.maxCTAs()).isEqualTo(5);
            assertThat(theirs.minCTAs()).isEqualTo(Integer.MIN_VALUE);
            assertThat(theirs.numRmaCtx()).isEqualTo(Integer.MIN_VALUE);
            assertThat(theirs.netName()).isNull();
            assertThat(theirs.commName().getString()).isEqualTo("a name");
        }
    }

    @Test
    void structuresAreTheCompilers() {
        assertThat(NcclLayouts.UNIQUE_ID.byteSize()).isEqualTo(Pointer.sizeof(ncclUniqueId.class));
        assertSame(NcclSimInfo.LAYOUT, ncclSimInfo_t.class);
        assertSame(NcclWaitSignals.LAYOUT, ncclWaitSignalDesc_t.class);
        // The host runtime writes these, and CUDA 13 no more of them.
        assertThat(Loader.offsetof(cudaPointerAttributes.class, "type")).isZero();
        assertThat(Loader.offsetof(cudaPointerAttributes.class, "device")).isEqualTo(4);
        assertThat(Loader.offsetof(cudaPointerAttributes.class, "devicePointer"))
                .isEqualTo(8);
        assertThat(Loader.offsetof(cudaPointerAttributes.class, "hostPointer")).isEqualTo(16);
    }

    private static void assertSame(StructLayout ours, Class<? extends Pointer> theirs) {
        assertThat(ours.byteSize()).isEqualTo(Pointer.sizeof(theirs));
        ours.memberLayouts().stream()
                .map(MemoryLayout::name)
                .flatMap(Optional::stream)
                .forEach(member -> assertThat(ours.byteOffset(PathElement.groupElement(member)))
                        .as(member)
                        .isEqualTo(Loader.offsetof(theirs, member)));
    }

    @Test
    void freshSimulationReadsTheSameThere() {
        try (Arena arena = Arena.ofConfined()) {
            ncclSimInfo_t theirs =
                    new Arguments.Simulation().at(NcclSimInfo.allocate(arena).address());
            assertThat(theirs.size()).isEqualTo(Pointer.sizeof(ncclSimInfo_t.class));
            assertThat(theirs.estimatedTime()).isEqualTo((float) nccl.NCCL_UNDEF_FLOAT);
            ncclWaitSignalDesc_t wait = new Arguments.Signals()
                    .at(NcclWaitSignals.allocate(arena, 1).set(0, 1, 2, 3, 4).address());
            assertThat(new int[] {wait.opCnt(), wait.peer(), wait.sigIdx(), wait.ctx()})
                    .containsExactly(1, 2, 3, 4);
        }
    }
}
