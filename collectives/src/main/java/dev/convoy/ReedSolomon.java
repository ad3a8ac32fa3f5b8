/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A Reed-Solomon code over GF(2<sup>8</sup>): from {@code data} buffers, {@code parity} more are computed, and of all
 * of them any {@code parity} may be lost. The matrix is Cauchy's, so that every choice of survivors will do: data
 * buffer j counts in parity buffer i with 1 / ((data + i) xor j).
 *
 * <p>All work is enqueued on a stream; buffers have the same size in bytes and any type. Immutable.
 */
public final class ReedSolomon {
    private static final int MOST_SHARDS = 256;

    private final int data;
    private final int parity;

    /**
     * Chooses a code.
     *
     * @param data number of data buffers, 1 or more
     * @param parity number of parity buffers, 1 or more
     * @throws IllegalArgumentException if one is less than 1, or both are more than 256
     */
    public ReedSolomon(int data, int parity) {
        if (data < 1 || parity < 1 || data > MOST_SHARDS - parity) {
            throw new IllegalArgumentException(data + " data and " + parity + " parity buffers: each must be 1 or"
                    + " more, and both together not more than " + MOST_SHARDS);
        }
        this.data = data;
        this.parity = parity;
    }

    /**
     * How many buffers are protected.
     *
     * @return 1 or more
     */
    public int data() {
        return data;
    }

    /**
     * How many buffers may be lost.
     *
     * @return 1 or more
     */
    public int parity() {
        return parity;
    }

    /**
     * What a data buffer counts in a parity buffer.
     *
     * @param parityIndex which parity buffer, from 0
     * @param dataIndex which data buffer, from 0
     * @return an element of GF(2<sup>8</sup>), never 0
     */
    public byte coefficient(int parityIndex, int dataIndex) {
        Objects.checkIndex(parityIndex, parity);
        Objects.checkIndex(dataIndex, data);
        byte scale = (byte) (data ^ dataIndex);
        return GaloisMatrix.product(scale, GaloisMatrix.inverse((byte) ((data + parityIndex) ^ dataIndex)));
    }

    /**
     * Adds one data buffer to all parity buffers. Done once for each data buffer, in any order and on parity buffers
     * that were zero, that makes the parity; done again, it takes the buffer out.
     *
     * @param kernels of the buffers' device
     * @param dataIndex which data buffer it is, from 0
     * @param source the data buffer
     * @param parityBuffers all parity buffers
     * @param stream the order
     * @throws IllegalArgumentException if numbers or sizes do not fit together, or buffers overlap
     */
    public void accumulate(
            DeviceKernels kernels,
            int dataIndex,
            DeviceBuffer source,
            List<DeviceBuffer> parityBuffers,
            Stream stream) {
        requireSize(parityBuffers, parity, "parity");
        byte[] coefficients = new byte[parity];
        for (int i = 0; i < parity; i++) {
            coefficients[i] = coefficient(i, dataIndex);
        }
        multiply(kernels, source, coefficients, parityBuffers, stream);
    }

    /**
     * Computes the parity of all data buffers.
     *
     * @param kernels of the buffers' device
     * @param dataBuffers all data buffers
     * @param parityBuffers all parity buffers; overwritten
     * @param stream the order
     * @throws IllegalArgumentException if numbers or sizes do not fit together, or buffers overlap
     */
    public void encode(
            DeviceKernels kernels, List<DeviceBuffer> dataBuffers, List<DeviceBuffer> parityBuffers, Stream stream) {
        requireSize(dataBuffers, data, "data");
        requireSize(parityBuffers, parity, "parity");
        parityBuffers.forEach(buffer -> buffer.zero(stream));
        for (int j = 0; j < data; j++) {
            accumulate(kernels, j, dataBuffers.get(j), parityBuffers, stream);
        }
    }

    /**
     * Computes what was lost from what is left.
     *
     * @param kernels of the buffers' device
     * @param shards all data buffers, then all parity buffers; those that were lost are overwritten
     * @param lost which are lost; not more than {@link #parity()}
     * @param stream the order
     * @throws IllegalArgumentException if too many are lost, one is named twice, numbers or sizes do not fit together,
     *     or buffers overlap
     */
    public void reconstruct(DeviceKernels kernels, List<DeviceBuffer> shards, int[] lost, Stream stream) {
        requireSize(shards, data + parity, "data and parity");
        int[] missing = Arrays.stream(lost).sorted().distinct().toArray();
        for (int index : missing) {
            Objects.checkIndex(index, data + parity);
        }
        if (missing.length != lost.length || missing.length > parity) {
            throw new IllegalArgumentException(
                    "lost " + Arrays.toString(lost) + ": at most " + parity + " different ones can be computed");
        }
        int[] left = survivors(missing);
        byte[][] inverse = GaloisMatrix.inverse(rows(left));
        List<DeviceBuffer> targets = new ArrayList<>();
        for (int index : missing) {
            shards.get(index).zero(stream);
            targets.add(shards.get(index));
        }
        for (int j = 0; j < data && !targets.isEmpty(); j++) {
            multiply(kernels, shards.get(left[j]), column(missing, inverse, j), targets, stream);
        }
    }

    /**
     * Computes one buffer from as many others as there are data buffers, whichever these are.
     *
     * @param kernels of the buffers' device
     * @param wanted which buffer: data buffers count from 0, parity buffers after them
     * @param indices which buffers the sources are; not the wanted one
     * @param sources the buffers with these indices
     * @param target where it goes; overwritten, apart from the sources
     * @param stream the order
     * @throws IllegalArgumentException if an index is named twice or is the wanted one, numbers or sizes do not fit
     *     together, or buffers overlap
     */
    public void recover(
            DeviceKernels kernels,
            int wanted,
            int[] indices,
            List<DeviceBuffer> sources,
            DeviceBuffer target,
            Stream stream) {
        Objects.checkIndex(wanted, data + parity);
        requireSize(sources, data, "source");
        long different = Arrays.stream(indices)
                .map(index -> Objects.checkIndex(index, data + parity))
                .filter(index -> index != wanted)
                .distinct()
                .count();
        if (indices.length != data || different != data) {
            throw new IllegalArgumentException("buffer " + wanted + " from " + Arrays.toString(indices) + ": must be "
                    + data + " different ones, and others");
        }
        byte[][] inverse = GaloisMatrix.inverse(rows(indices));
        target.zero(stream);
        for (int j = 0; j < data; j++) {
            byte[] coefficient = column(new int[] {wanted}, inverse, j);
            multiply(kernels, sources.get(j), coefficient, List.of(target), stream);
        }
    }

    /** The first of the buffers that are there, as many as there are data buffers. */
    private int[] survivors(int[] missing) {
        int[] left = new int[data];
        int found = 0;
        for (int index = 0; found < data; index++) {
            if (Arrays.binarySearch(missing, index) < 0) {
                left[found] = index;
                found++;
            }
        }
        return left;
    }

    /** How the buffers follow from the data: rows of the identity, then of Cauchy's matrix. */
    private byte[][] rows(int[] indices) {
        byte[][] rows = new byte[indices.length][];
        for (int i = 0; i < indices.length; i++) {
            rows[i] = row(indices[i]);
        }
        return rows;
    }

    private byte[] row(int index) {
        byte[] row = new byte[data];
        for (int j = 0; j < data; j++) {
            row[j] = index >= data ? coefficient(index - data, j) : (byte) (index == j ? 1 : 0);
        }
        return row;
    }

    /** What survivor j counts in each of the missing buffers. */
    private byte[] column(int[] missing, byte[][] inverse, int j) {
        byte[] column = new byte[missing.length];
        for (int i = 0; i < missing.length; i++) {
            byte[] row = row(missing[i]);
            for (int k = 0; k < data; k++) {
                column[i] ^= GaloisMatrix.product(row[k], inverse[k][j]);
            }
        }
        return column;
    }

    private static void multiply(
            DeviceKernels kernels,
            DeviceBuffer source,
            byte[] coefficients,
            List<DeviceBuffer> targets,
            Stream stream) {
        for (int from = 0; from < targets.size(); from += DeviceKernels.MOST_OUTPUTS) {
            int to = Math.min(from + DeviceKernels.MOST_OUTPUTS, targets.size());
            kernels.multiplyInto(source, Arrays.copyOfRange(coefficients, from, to), targets.subList(from, to), stream);
        }
    }

    private static void requireSize(List<DeviceBuffer> buffers, int size, String what) {
        if (buffers.size() != size) {
            throw new IllegalArgumentException(buffers.size() + " buffers; the " + what + " buffers are " + size);
        }
    }

    @Override
    public String toString() {
        return "ReedSolomon[" + data + " data, " + parity + " parity]";
    }
}
