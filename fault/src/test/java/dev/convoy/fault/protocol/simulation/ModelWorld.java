/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.MemberId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The communicator of one epoch: an operation ends, at each member by itself, once all members have enqueued it. */
final class ModelWorld {
    private final Simulation simulation;
    private final List<SimulatedProcess> members;
    private final List<Operation> operations = new ArrayList<>();
    private final int[] enqueued;

    /** What every member puts in, and what each does when it is done. */
    private static final class Operation {
        private final Object[] contributions;
        private final List<Consumer<Object[]>> completions = new ArrayList<>();
        private int calls;

        Operation(int members) {
            contributions = new Object[members];
            for (int i = 0; i < members; i++) {
                completions.add(null);
            }
        }
    }

    ModelWorld(Simulation simulation, List<MemberId> ids) {
        this.simulation = simulation;
        members = ids.stream().map(simulation::process).toList();
        enqueued = new int[ids.size()];
    }

    int size() {
        return members.size();
    }

    List<SimulatedProcess> members() {
        return members;
    }

    int rank(SimulatedProcess member) {
        return members.indexOf(member);
    }

    int enqueued(int rank) {
        return enqueued[rank];
    }

    /** The completion gets the contributions in rank order. */
    void enqueue(int rank, Object contribution, Consumer<Object[]> completion) {
        int number = enqueued[rank]++;
        while (operations.size() <= number) {
            operations.add(new Operation(members.size()));
        }
        Operation operation = operations.get(number);
        operation.contributions[rank] = contribution;
        operation.completions.set(rank, completion);
        operation.calls++;
        if (operation.calls == members.size()) {
            deliver(operation);
        }
    }

    private void deliver(Operation operation) {
        for (int rank = 0; rank < members.size(); rank++) {
            Consumer<Object[]> completion = operation.completions.get(rank);
            members.get(rank).after(simulation.chance().between(50_000, 4_000_000), () -> {
                // A peer that died in between may or may not have been read in time.
                boolean allAlive = members.stream().allMatch(SimulatedProcess::isAlive);
                if (allAlive || simulation.chance().percent(50)) {
                    completion.accept(operation.contributions);
                }
            });
        }
    }
}
