/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.MemberId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The communicator of one epoch: an operation ends, at each member by itself, once all members have enqueued it. */
final class ModelWorld {
    private final Simulation simulation;
    private final List<MemberId> members;
    private final List<Map<MemberId, Call>> operations = new ArrayList<>();
    private final Map<MemberId, Integer> enqueued = new HashMap<>();

    private record Call(Object contribution, Consumer<Map<MemberId, Object>> completion) {}

    ModelWorld(Simulation simulation, List<MemberId> members) {
        this.simulation = simulation;
        this.members = members;
    }

    List<MemberId> members() {
        return members;
    }

    int enqueued(MemberId member) {
        return enqueued.getOrDefault(member, 0);
    }

    void enqueue(MemberId member, Object contribution, Consumer<Map<MemberId, Object>> completion) {
        int number = enqueued.merge(member, 1, Integer::sum) - 1;
        while (operations.size() <= number) {
            operations.add(new HashMap<>());
        }
        Map<MemberId, Call> calls = operations.get(number);
        calls.put(member, new Call(contribution, completion));
        if (calls.size() == members.size()) {
            deliver(calls);
        }
    }

    private void deliver(Map<MemberId, Call> calls) {
        Map<MemberId, Object> contributions = new HashMap<>();
        calls.forEach((member, call) -> contributions.put(member, call.contribution()));
        for (MemberId member : members) {
            long delayNs = simulation.delay(50_000, 4_000_000);
            simulation.process(member).after(delayNs, () -> {
                // A peer that died in between may or may not have been read in time.
                boolean allAlive =
                        members.stream().allMatch(m -> simulation.process(m).isAlive());
                if (allAlive || simulation.random().nextBoolean()) {
                    calls.get(member).completion().accept(contributions);
                }
            });
        }
    }
}
