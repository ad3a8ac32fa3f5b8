/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static dev.convoy.bindings.TwoRanks.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** What the host runtime's extensions do. */
final class ExtensionCases {
    private static final int INVALID_ARGUMENT = 4;
    private static final int CUDA_INVALID_VALUE = 1;
    private static final int CUDA_NOT_SUPPORTED = 801;
    private static final int COPY_BY_ADDRESS = 4;
    private static final long SECONDS_10 = 10_000_000_000L;

    private ExtensionCases() {}

    static Map<HostFunction, ContractCase> all() {
        Map<HostFunction, ContractCase> cases = new EnumMap<>(HostFunction.class);
        cases.put(
                HostFunction.HOST_VERSION,
                runtime -> assertThat(extensions(runtime).hostVersion()).isNotBlank());
        cases.put(HostFunction.STREAM_WAIT, ExtensionCases::waits);
        cases.put(HostFunction.STREAM_COUNTERS, ExtensionCases::counters);
        cases.put(HostFunction.EVENT_WAIT, ExtensionCases::waits);
        cases.put(HostFunction.COMM_WAIT_READY, ExtensionCases::communicator);
        cases.put(HostFunction.COMM_FAILED_RANKS, ExtensionCases::communicator);
        cases.put(HostFunction.COMM_PROGRESS, ExtensionCases::progress);
        cases.put(HostFunction.KERNEL_LAUNCH, ExtensionCases::kernel);
        cases.put(HostFunction.COPY_CHECKSUM, ExtensionCases::copyChecksum);
        cases.put(HostFunction.RECV_CHECKSUM, ExtensionCases::recvChecksum);
        return cases;
    }

    private static HostExtensions extensions(NativeRuntime runtime) {
        return runtime.extensions().orElseThrow();
    }

    private static void waits(NativeRuntime runtime) {
        HostExtensions extensions = extensions(runtime);
        Cuda cuda = runtime.cuda();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            ok(cuda.eventCreateWithFlags(ranks.out(), 0));
            long event = ranks.cell();
            ok(cuda.eventRecord(event, ranks.stream[0]));
            ok(extensions.eventWait(event, SECONDS_10));
            ok(extensions.streamWait(ranks.stream[0], SECONDS_10));
            ok(cuda.eventDestroy(event));
            assertThat(extensions.eventWait(event, 1)).isNotZero();
            ok(cuda.streamCreateWithFlags(ranks.out(), 1));
            ok(cuda.streamDestroy(ranks.cell()));
            assertThat(extensions.streamWait(ranks.cell(), 1)).isNotZero();
        }
    }

    private static void counters(NativeRuntime runtime) {
        HostExtensions extensions = extensions(runtime);
        Cuda cuda = runtime.cuda();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            ok(extensions.streamCounters(ranks.stream[0], ranks.out()));
            long enqueued = ranks.cell();
            long completed = enqueued + Long.BYTES;
            long before = NativeMemory.longAtAcquire(enqueued);
            assertThat(NativeMemory.longAtAcquire(completed)).isEqualTo(before);
            ok(cuda.memsetAsync(ranks.send[0], 0, Float.BYTES, ranks.stream[0]));
            assertThat(NativeMemory.longAtAcquire(enqueued)).isEqualTo(before + 1);
            ok(extensions.streamWait(ranks.stream[0], SECONDS_10));
            assertThat(NativeMemory.longAtAcquire(completed)).isEqualTo(before + 1);
            assertThat(extensions.streamCounters(ranks.stream[0], 0)).isEqualTo(CUDA_INVALID_VALUE);
        }
    }

    private static void communicator(NativeRuntime runtime) {
        HostExtensions extensions = extensions(runtime);
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            ok(extensions.commWaitReady(ranks.comm[0], SECONDS_10));
            ok(extensions.commFailedRanks(ranks.comm[0], ranks.out(), 2, ranks.out() + 8));
            assertThat(NativeMemory.intAt(ranks.out() + 8)).isZero();
            assertThat(extensions.commWaitReady(0, 1)).isEqualTo(INVALID_ARGUMENT);
            assertThat(extensions.commFailedRanks(0, ranks.out(), 2, ranks.out() + 8))
                    .isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static void kernel(NativeRuntime runtime) {
        HostExtensions extensions = extensions(runtime);
        try (TwoRanks ranks = new TwoRanks(runtime);
                Arena arena = Arena.ofConfined()) {
            // convoyFill: out, type, count, real, integer
            long[] fields = {ranks.send[0], TwoRanks.FLOAT32, 1, Double.doubleToLongBits(2.5), 0};
            long structure = arena.allocateFrom(ValueLayout.JAVA_LONG, fields).address();
            long bytes = (long) fields.length * Long.BYTES;
            ok(extensions.kernelLaunch(0, structure, bytes, ranks.stream[0]));
            ok(extensions.streamWait(ranks.stream[0], SECONDS_10));
            ok(runtime.cuda().memcpy(ranks.out(), ranks.send[0], Float.BYTES, COPY_BY_ADDRESS));
            assertThat(NativeMemory.intAt(ranks.out())).isEqualTo(Float.floatToIntBits(2.5f));
            assertThat(extensions.kernelLaunch(99, structure, bytes, ranks.stream[0]))
                    .isEqualTo(CUDA_INVALID_VALUE);
        }
    }

    private static void progress(NativeRuntime runtime) {
        HostExtensions extensions = extensions(runtime);
        Nccl nccl = runtime.nccl();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            ranks.together(rank -> nccl.allReduce(
                    ranks.send[rank],
                    ranks.receive[rank],
                    1,
                    TwoRanks.FLOAT32,
                    0,
                    ranks.comm[rank],
                    ranks.stream[rank]));
            ok(extensions.commProgress(ranks.comm[0], ranks.out(), ranks.out() + 8));
            assertThat(ranks.cell()).isEqualTo(1);
            assertThat(NativeMemory.longAt(ranks.out() + 8)).isEqualTo(1);
            assertThat(extensions.commProgress(0, ranks.out(), ranks.out() + 8)).isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static void copyChecksum(NativeRuntime runtime) {
        HostExtensions extensions = extensions(runtime);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocate(100_003, 1);
            for (long i = 0; i < from.byteSize(); i++) {
                from.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 7 >> 3));
            }
            MemorySegment to = arena.allocate(from.byteSize(), 1);
            MemorySegment checksum = arena.allocate(Integer.BYTES, Integer.BYTES);
            CRC32C expected = new CRC32C();
            expected.update(from.asByteBuffer());
            int status = extensions.copyChecksum(to.address(), from.address(), from.byteSize(), checksum.address());
            if (status != CUDA_NOT_SUPPORTED) {
                ok(status);
                assertThat(checksum.get(ValueLayout.JAVA_INT, 0)).isEqualTo((int) expected.getValue());
                assertThat(to.mismatch(from)).isEqualTo(-1);
            }
            assertThat(extensions.copyChecksum(to.address(), 0, 1, checksum.address()))
                    .isEqualTo(CUDA_INVALID_VALUE);
        }
    }

    private static void recvChecksum(NativeRuntime runtime) {
        HostExtensions extensions = extensions(runtime);
        Nccl nccl = runtime.nccl();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            long checksum = ranks.receive[0];
            ranks.together(rank -> rank == 1
                    ? nccl.send(ranks.send[1], 1, TwoRanks.FLOAT32, 0, ranks.comm[1], ranks.stream[1])
                    : extensions.recvChecksum(
                            ranks.send[0], 1, TwoRanks.FLOAT32, 1, checksum, ranks.comm[0], ranks.stream[0]));
            ok(runtime.cuda().memcpy(ranks.out(), checksum, Integer.BYTES, COPY_BY_ADDRESS));
            ok(runtime.cuda().memcpy(ranks.out() + 8, ranks.send[0], Integer.BYTES, COPY_BY_ADDRESS));
            CRC32C expected = new CRC32C();
            expected.update(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .putInt(0, NativeMemory.intAt(ranks.out() + 8)));
            assertThat(NativeMemory.intAt(ranks.out())).isEqualTo((int) expected.getValue());
        }
    }
}
