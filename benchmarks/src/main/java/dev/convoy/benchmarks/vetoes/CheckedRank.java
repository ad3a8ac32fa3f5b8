/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.vetoes;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.Stream;
import dev.convoy.Work;
import dev.convoy.benchmarks.ranks.Rank;
import dev.convoy.fault.DeclaredVeto;
import dev.convoy.fault.Step;
import dev.convoy.fault.StepVeto;

/** A rank whose gradient is summed in each step, and checked before or not. */
final class CheckedRank implements AutoCloseable {
    private final Communicator communicator;
    private final Stream stream;
    private final DeviceBuffer gradient;
    private final StepVeto veto;
    private long steps;

    CheckedRank(Rank rank, int floats) {
        communicator = rank.communicator();
        stream = rank.stream();
        gradient = communicator.device().allocate(DataType.FLOAT32, floats);
        // Zeros stay finite, however often they are summed.
        gradient.zero(stream);
        communicator.synchronize(stream);
        veto = DeclaredVeto.of(communicator.device(), communicator.worldSize());
    }

    void sum() {
        communicator.allReduce(gradient, ReduceOp.SUM, stream).await();
    }

    void sumIfFinite() {
        Step step = new Step(steps++, communicator.rank(), communicator.worldSize(), 1, communicator, stream);
        veto.requireFinite(step, "gradient", gradient);
        Work summed;
        try (var _ = communicator.group()) {
            veto.share(step);
            summed = communicator.allReduce(gradient, ReduceOp.SUM, stream);
        }
        summed.await();
        if (veto.stands(step)) {
            throw new IllegalStateException("zeros are finite");
        }
    }

    @Override
    public void close() {
        gradient.close();
        DeclaredVeto.close(veto);
    }
}
