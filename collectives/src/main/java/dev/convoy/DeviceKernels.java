/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.List;

/**
 * What a program does with buffers beside collectives, done where the buffers are: filling, checking, casting, steps of
 * an optimiser, checksums and parity. Everything is enqueued on a stream and done in its order. Results have the same
 * bits on every CPU and GPU.
 *
 * <p>What is counted or summed up is <b>added</b> to element 0 of a buffer of {@link DataType#UINT64}, so that several
 * buffers can share it: {@link DeviceBuffer#zero(Stream) zero} it before. In pinned memory it can be read without a
 * copy.
 *
 * <p>All threads may use it. Buffers and streams belong to its device. A buffer that is written must be apart from the
 * others or the same as one of them; a cast to a type of another size and {@link #multiplyInto} need it apart.
 *
 * @see Device#kernels()
 * @see ReedSolomon
 */
public final class DeviceKernels {
    /** How many outputs {@link #multiplyInto} takes at most. */
    public static final int MOST_OUTPUTS = 8;

    private final Device device;
    private final KernelLauncher launcher;
    private final KernelChecks checks;

    DeviceKernels(Device device, KernelLauncher launcher) {
        this.device = device;
        this.launcher = launcher;
        this.checks = new KernelChecks(device);
    }

    /**
     * The device whose buffers it works on.
     *
     * @return the device
     */
    public Device device() {
        return device;
    }

    /**
     * Sets all elements of a floating type to a number, rounded as {@link #cast} does.
     *
     * @param target what to fill
     * @param value the number
     * @param stream the order
     * @throws IllegalArgumentException if the type is an integer one, or a buffer or stream is of another device
     */
    public void fill(DeviceBuffer target, double value, Stream stream) {
        KernelChecks.requireFloating(target);
        fill(target, value, 0, stream);
    }

    /**
     * Sets all elements to a whole number, of which in an integer type the lower bits count.
     *
     * @param target what to fill
     * @param value the number
     * @param stream the order
     * @throws IllegalArgumentException if a buffer or stream is of another device
     */
    public void fill(DeviceBuffer target, long value, Stream stream) {
        if (target.type().isFloating()) {
            fill(target, (double) value, stream);
            return;
        }
        fill(target, 0, value, stream);
    }

    private void fill(DeviceBuffer target, double real, long integer, Stream stream) {
        KernelArguments arguments = elements(target).add(real).add(integer);
        launch(Kernel.FILL, arguments, target.count(), stream);
    }

    /**
     * Fills a buffer with a pattern that depends on a seed and nothing else. Element i is number {@code first + i} of
     * the generator SplitMix64, which is {@link java.util.SplittableRandom}'s {@code nextLong}: its lower bits for an
     * integer type; for a floating type an exact, evenly distributed number in [-1, 1).
     *
     * @param target what to fill
     * @param seed the seed
     * @param first number of the first element, such as this rank's offset in something larger
     * @param stream the order
     * @throws IllegalArgumentException if a buffer or stream is of another device
     */
    public void fillPattern(DeviceBuffer target, long seed, long first, Stream stream) {
        launch(Kernel.PATTERN, elements(target).add(seed).add(first), target.count(), stream);
    }

    /**
     * Counts the elements that are not those of a pattern.
     *
     * @param source what to look at
     * @param seed the pattern's seed
     * @param first number of the first element
     * @param ulps how many steps to the next number of the type an element may be off, unsigned; 0 for none. Zeros of
     *     both signs are equal, NaN is equal to NaN only
     * @param count to whose element 0 the number is added
     * @param stream the order
     * @throws IllegalArgumentException if {@code count} holds another type or nothing, or a buffer or stream is of
     *     another device
     */
    public void countWrong(DeviceBuffer source, long seed, long first, long ulps, DeviceBuffer count, Stream stream) {
        KernelArguments arguments =
                elements(source).add(seed).add(first).add(ulps).add(checks.result(count));
        launch(Kernel.VERIFY, arguments, source.count(), stream);
    }

    /**
     * Counts the elements in which two buffers differ.
     *
     * @param source what to look at
     * @param expected what it should be; as many elements of the same type
     * @param ulps how many steps to the next number of the type an element may be off, unsigned; 0 for none. Zeros of
     *     both signs are equal, NaN is equal to NaN only
     * @param count to whose element 0 the number is added
     * @param stream the order
     * @throws IllegalArgumentException if the buffers do not fit together, {@code count} holds another type or nothing,
     *     or a buffer or stream is of another device
     */
    public void countDifferences(
            DeviceBuffer source, DeviceBuffer expected, long ulps, DeviceBuffer count, Stream stream) {
        KernelChecks.requireAlike(source, expected);
        KernelArguments arguments = KernelArguments.begin()
                .add(checks.typed(source))
                .add(checks.typed(expected))
                .add(source.type())
                .add(source.count())
                .add(ulps)
                .add(checks.result(count));
        launch(Kernel.COMPARE, arguments, source.count(), stream);
    }

    /**
     * Counts the elements that are infinite or NaN. Integers never are.
     *
     * @param source what to look at
     * @param count to whose element 0 the number is added
     * @param stream the order
     * @throws IllegalArgumentException if {@code count} holds another type or nothing, or a buffer or stream is of
     *     another device
     */
    public void countNonFinite(DeviceBuffer source, DeviceBuffer count, Stream stream) {
        launch(Kernel.NON_FINITE, elements(source).add(checks.result(count)), source.count(), stream);
    }

    /**
     * Adds up a checksum of 64 bits. A change within 8 aligned bytes always changes it, any other with a probability of
     * 1 − 2<sup>−64</sup>; the place of what changed counts, and so does the length. Checksums of parts add up to that
     * of the whole.
     *
     * @param source what to look at
     * @param firstByte where this buffer begins in the whole; a multiple of 8, and only the last part may have a size
     *     that is not
     * @param sum to whose element 0 the checksum is added
     * @param stream the order
     * @throws IllegalArgumentException if {@code firstByte} is negative or no multiple of 8, {@code sum} holds another
     *     type or nothing, or a buffer or stream is of another device
     */
    public void checksum(DeviceBuffer source, long firstByte, DeviceBuffer sum, Stream stream) {
        if (firstByte < 0 || firstByte % Long.BYTES != 0) {
            throw new IllegalArgumentException(
                    "a part cannot begin at byte " + firstByte + "; it must be a multiple" + " of 8, from 0");
        }
        KernelArguments arguments = KernelArguments.begin()
                .add(checks.bytes(source))
                .add(source.bytes())
                .add(firstByte / Long.BYTES)
                .add(checks.result(sum));
        launch(Kernel.CHECKSUM, arguments, source.bytes() / Long.BYTES, stream);
    }

    /**
     * Converts every element to another type. Between integer types the lower bits stay. To a floating type a number is
     * rounded once, to nearest even; beyond the range it becomes infinite or, in 8 bits, the largest number. A floating
     * type to an integer one is {@code (long) x} in Java: the fraction is dropped, what is beyond the range becomes its
     * end, and NaN becomes 0.
     *
     * @param source what to convert
     * @param target where to; as many elements
     * @param stream the order
     * @throws IllegalArgumentException if the numbers of elements differ, the buffers overlap, or a buffer or stream is
     *     of another device
     */
    public void cast(DeviceBuffer source, DeviceBuffer target, Stream stream) {
        KernelChecks.requireSameCount(source, target);
        KernelChecks.requireApart(
                source, target, source.type().bytes() == target.type().bytes());
        KernelArguments arguments = KernelArguments.begin()
                .add(checks.typed(target))
                .add(target.type())
                .add(checks.typed(source))
                .add(source.type())
                .add(source.count());
        launch(Kernel.CAST, arguments, source.count(), stream);
    }

    /**
     * {@code y = a x + y} for floating types; the product and the sum are rounded to float32 each, or to float64 if
     * that is the type, then to the type.
     *
     * @param a the factor
     * @param x what is added
     * @param y what it is added to; as many elements of the same type
     * @param stream the order
     * @throws IllegalArgumentException if the buffers do not fit together or overlap, hold integers, or a buffer or
     *     stream is of another device
     */
    public void axpy(double a, DeviceBuffer x, DeviceBuffer y, Stream stream) {
        KernelChecks.requireAlike(x, y);
        KernelChecks.requireFloating(y);
        KernelChecks.requireApart(x, y, true);
        KernelArguments arguments = KernelArguments.begin()
                .add(checks.typed(y))
                .add(checks.typed(x))
                .add(y.type())
                .add(y.count())
                .add(a);
        launch(Kernel.AXPY, arguments, y.count(), stream);
    }

    /**
     * A step of stochastic gradient descent with momentum, for floating types. Every operation is rounded to float32,
     * or to float64 if that is the type, and what is stored to the type.
     *
     * @param weights what is learnt
     * @param velocity as many elements of the same type, zeros before the first step
     * @param gradient as many elements of the same type
     * @param step the factors
     * @param stream the order
     * @throws IllegalArgumentException if the buffers do not fit together or overlap, hold integers, or a buffer or
     *     stream is of another device
     */
    public void momentum(
            DeviceBuffer weights, DeviceBuffer velocity, DeviceBuffer gradient, MomentumStep step, Stream stream) {
        KernelChecks.requireFloating(weights);
        KernelChecks.requireAlike(weights, velocity);
        KernelChecks.requireAlike(weights, gradient);
        KernelChecks.requireApart(weights, velocity, false);
        KernelChecks.requireApart(gradient, weights, true);
        KernelChecks.requireApart(gradient, velocity, true);
        KernelArguments arguments = KernelArguments.begin()
                .add(checks.typed(weights))
                .add(checks.typed(velocity))
                .add(checks.typed(gradient))
                .add(weights.type())
                .add(weights.count())
                .add(step.rate())
                .add(step.momentum())
                .add(step.decay());
        launch(Kernel.MOMENTUM, arguments, weights.count(), stream);
    }

    /**
     * {@code target = target xor source}, byte by byte: parity of several buffers that survives the loss of one.
     *
     * @param source what is added
     * @param target what it is added to; as many bytes
     * @param stream the order
     * @throws IllegalArgumentException if the sizes differ, the buffers overlap, or a buffer or stream is of another
     *     device
     */
    public void xorInto(DeviceBuffer source, DeviceBuffer target, Stream stream) {
        KernelChecks.requireSameBytes(source, target);
        KernelChecks.requireApart(source, target, true);
        KernelArguments arguments = KernelArguments.begin()
                .add(checks.bytes(target))
                .add(checks.bytes(source))
                .add(source.bytes());
        launch(Kernel.XOR, arguments, source.bytes(), stream);
    }

    /**
     * {@code targets[j] = targets[j] xor coefficients[j] source}, where bytes are elements of GF(2<sup>8</sup>) modulo
     * x<sup>8</sup> + x<sup>4</sup> + x<sup>3</sup> + x<sup>2</sup> + 1. The source is read once for all targets.
     *
     * @param source what is multiplied
     * @param coefficients one a target
     * @param targets 1 to {@value #MOST_OUTPUTS} buffers of as many bytes
     * @param stream the order
     * @throws IllegalArgumentException if the numbers or sizes do not fit together, buffers overlap, or a buffer or
     *     stream is of another device
     */
    public void multiplyInto(DeviceBuffer source, byte[] coefficients, List<DeviceBuffer> targets, Stream stream) {
        KernelChecks.requireOutputs(coefficients.length, targets.size());
        KernelChecks.requireAllApart(source, targets);
        long packed = 0;
        for (int i = 0; i < coefficients.length; i++) {
            packed |= Byte.toUnsignedLong(coefficients[i]) << Byte.SIZE * i;
        }
        KernelArguments arguments = KernelArguments.begin()
                .add(checks.bytes(source))
                .add(source.bytes())
                .add((long) targets.size())
                .add(packed);
        for (int i = 0; i < MOST_OUTPUTS; i++) {
            arguments.add(i < targets.size() ? checks.bytes(targets.get(i)) : 0);
        }
        launch(Kernel.MULTIPLY, arguments, source.bytes(), stream);
    }

    /** What most structures begin with. */
    private KernelArguments elements(DeviceBuffer buffer) {
        return KernelArguments.begin()
                .add(checks.typed(buffer))
                .add(buffer.type())
                .add(buffer.count());
    }

    private void launch(Kernel kernel, KernelArguments arguments, long threads, Stream stream) {
        checks.requireOwn(stream);
        launcher.launch(kernel, arguments, threads, stream);
    }

    @Override
    public String toString() {
        return "DeviceKernels[" + device + "]";
    }
}
