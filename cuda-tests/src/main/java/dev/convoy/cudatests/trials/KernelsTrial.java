/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.DeviceKernels;
import dev.convoy.KernelsUnavailableException;
import dev.convoy.MomentumStep;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.SkippedException;
import dev.convoy.cudatests.Trial;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Convoy's kernels on the device against the same on the CPU, bit by bit: every kernel, type and a few sizes. The CPU's
 * are held against references of their own by the tests of the build.
 */
public final class KernelsTrial implements Trial {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long SEED = 20_25;
    private static final List<Integer> SIZES = List.of(1, 255, 256, 257, 100_003);
    private static final int MANY = 1 << 22;
    private static final List<DataType> FLOATS =
            Arrays.stream(DataType.values()).filter(DataType::isFloating).toList();

    private int compared;

    /** Made by the list of trials. */
    public KernelsTrial() {}

    /** What is done with buffers of one device: some of them filled by a pattern, all compared afterwards. */
    private record Work(String name, List<DataType> types, BiConsumer<Hands, List<DeviceBuffer>> body) {}

    /** A device's kernels and a stream of it. */
    private record Hands(DeviceKernels kernels, Stream stream) {}

    @Override
    public String name() {
        return "kernels";
    }

    @Override
    public String run(Bench bench) {
        Device device = bench.device();
        Device cpu = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
        List<Integer> sizes = new ArrayList<>(SIZES);
        if (!bench.isQuick()) {
            sizes.add(MANY);
        }
        try (Stream deviceStream = device.newStream();
                Stream cpuStream = cpu.newStream()) {
            Hands here = new Hands(kernels(device), deviceStream);
            Hands there = new Hands(kernels(cpu), cpuStream);
            for (Work work : works()) {
                for (int size : sizes) {
                    compare(work, size, here, there);
                }
            }
        }
        return compared + " buffers of the device and the CPU are the same, bit by bit";
    }

    private static DeviceKernels kernels(Device device) {
        try {
            return device.kernels();
        } catch (KernelsUnavailableException e) {
            throw new SkippedException(e.getMessage());
        }
    }

    private static List<Work> works() {
        List<Work> works = new ArrayList<>();
        for (DataType type : DataType.values()) {
            works.add(new Work("fillPattern " + type, List.of(type), (hands, buffers) -> {}));
            works.add(new Work(
                    "countWrong " + type,
                    List.of(type, DataType.UINT64),
                    (hands, buffers) -> hands.kernels()
                            .countWrong(
                                    buffers.get(0),
                                    SEED + 1,
                                    3,
                                    1,
                                    buffers.get(1).slice(0, 1),
                                    hands.stream())));
        }
        for (DataType type : FLOATS) {
            works.add(new Work(
                    "fill " + type,
                    List.of(type),
                    (hands, buffers) -> hands.kernels().fill(buffers.getFirst(), 0.3, hands.stream())));
            works.add(new Work(
                    "axpy " + type,
                    List.of(type, type),
                    (hands, buffers) -> hands.kernels().axpy(0.7, buffers.get(0), buffers.get(1), hands.stream())));
            works.add(new Work(
                    "momentum " + type,
                    List.of(type, type, type),
                    (hands, buffers) -> hands.kernels()
                            .momentum(
                                    buffers.get(0),
                                    buffers.get(1),
                                    buffers.get(2),
                                    new MomentumStep(0.1, 0.9, 0.01),
                                    hands.stream())));
            works.add(new Work(
                    "countNonFinite " + type,
                    List.of(type, DataType.UINT64),
                    (hands, buffers) -> hands.kernels()
                            .countNonFinite(buffers.get(0), buffers.get(1).slice(0, 1), hands.stream())));
            for (DataType to : FLOATS) {
                works.add(new Work(
                        "cast " + type + " to " + to,
                        List.of(type, to),
                        (hands, buffers) -> hands.kernels().cast(buffers.get(0), buffers.get(1), hands.stream())));
            }
        }
        works.add(new Work(
                "checksum",
                List.of(DataType.INT8, DataType.UINT64),
                (hands, buffers) -> hands.kernels()
                        .checksum(buffers.get(0), 64, buffers.get(1).slice(0, 1), hands.stream())));
        works.add(new Work(
                "xorInto",
                List.of(DataType.INT8, DataType.INT8),
                (hands, buffers) -> hands.kernels().xorInto(buffers.get(0), buffers.get(1), hands.stream())));
        works.add(new Work(
                "multiplyInto",
                List.of(DataType.INT8, DataType.INT8, DataType.INT8),
                (hands, buffers) -> hands.kernels()
                        .multiplyInto(
                                buffers.getFirst(),
                                new byte[] {3, (byte) 0xb7},
                                buffers.subList(1, 3),
                                hands.stream())));
        return works;
    }

    private void compare(Work work, int size, Hands here, Hands there) {
        List<byte[]> results = results(work, size, here);
        List<byte[]> expected = results(work, size, there);
        for (int i = 0; i < expected.size(); i++) {
            int at = Arrays.mismatch(expected.get(i), results.get(i));
            Check.that(
                    at < 0,
                    work.name() + " of " + size + " elements: buffer " + i + " differs from the CPU's at byte " + at);
            compared++;
        }
    }

    private static List<byte[]> results(Work work, int size, Hands hands) {
        Device device = hands.stream().device();
        List<DeviceBuffer> buffers = new ArrayList<>();
        try {
            for (DataType type : work.types()) {
                DeviceBuffer buffer = device.allocate(type, size);
                hands.kernels().fillPattern(buffer, SEED + buffers.size(), 0, hands.stream());
                buffers.add(buffer);
            }
            work.body().accept(hands, buffers);
            hands.stream().synchronize(SOON);
            return buffers.stream().map(KernelsTrial::content).toList();
        } finally {
            buffers.forEach(DeviceBuffer::close);
        }
    }

    private static byte[] content(DeviceBuffer buffer) {
        byte[] content = new byte[Math.toIntExact(buffer.bytes())];
        buffer.copyTo(MemorySegment.ofArray(content));
        return content;
    }
}
