/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;

/**
 * What a rank's buffers hold before an operation and must hold after it.
 *
 * @param row what is done
 * @param shape how many elements
 * @param rank this rank
 * @param ranks how many there are
 * @param inputs everybody's data
 */
record Content(Case row, Shape shape, int rank, int ranks, Inputs inputs) {
    /** What an average may be off: a library multiplies by a rounded 1/n. */
    private static final int AVERAGE_ULPS = 2;

    static Content of(Case row, int rank, int ranks, long seed) {
        return new Content(row, row.shape(ranks), rank, ranks, new Inputs(row.type(), row.op(), ranks, seed));
    }

    /** Fills what this rank sends, and spoils what it receives. */
    void prepare(Buffers buffers) {
        buffers.spoil();
        // In place this overwrites a part of what was spoiled.
        if (row.root() < 0
                || row.collective().reduces()
                || row.collective() == Collective.GATHER
                || rank == row.root()) {
            own(rank, 0, shape.sendCount()).fill(buffers.send());
        }
    }

    /**
     * Compares what was received.
     *
     * @param buffers of the operation
     * @return how many elements are wrong
     */
    long countWrong(Buffers buffers) {
        DeviceBuffer recv = buffers.recv();
        long count = shape.count();
        return switch (row.collective()) {
            case ALL_REDUCE -> countWrong(reduced(0, count), recv);
            case REDUCE -> rank == row.root() ? countWrong(reduced(0, count), recv) : 0;
            case REDUCE_SCATTER -> countWrong(reduced(rank * count, count), recv);
            case BROADCAST -> own(row.root(), 0, count).countWrong(recv, 0);
            case SCATTER -> own(row.root(), rank * count, count).countWrong(recv, 0);
            case SENDRECV -> own(Math.floorMod(rank - 1, ranks), 0, count).countWrong(recv, 0);
            case ALL_GATHER -> countWrongParts(recv, 0);
            case GATHER -> rank == row.root() ? countWrongParts(recv, 0) : 0;
            case ALLTOALL -> countWrongParts(recv, rank * count);
        };
    }

    private long countWrongParts(DeviceBuffer recv, long first) {
        long count = shape.count();
        long wrong = 0;
        for (int from = 0; from < ranks; from++) {
            wrong += own(from, first, count).countWrong(recv.slice(from * count, count), 0);
        }
        return wrong;
    }

    private long countWrong(Pattern expected, DeviceBuffer recv) {
        boolean rounded = row.op() == ReduceOp.AVG && !ElementTypes.isInteger(row.type());
        return expected.countWrong(recv, rounded ? AVERAGE_ULPS : 0);
    }

    private Pattern own(int from, long first, long count) {
        DataType type = row.type();
        return Pattern.of(type, first, count, index -> inputs.input(from, index));
    }

    private Pattern reduced(long first, long count) {
        return Pattern.of(row.type(), first, count, inputs::result);
    }
}
