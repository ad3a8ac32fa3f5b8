/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The invariants by name; every check looks at the model's truth, not at what the coordinator believes. */
final class Invariants {
    private final Simulation simulation;
    private final Map<Long, CoordinatorMessage.EpochStart> published = new HashMap<>();
    private final Map<Version, BitSet> onDisk = new HashMap<>();
    private final Set<Version> replicatedOnDisk = new HashSet<>();
    private final Set<MemberId> everMembers = new HashSet<>();
    private long newestEpoch;
    private boolean released;

    Invariants(Simulation simulation) {
        this.simulation = simulation;
    }

    void sent(MemberId to, CoordinatorMessage message) {
        switch (message) {
            case CoordinatorMessage.EpochStart start -> {
                agreement(to, start);
                epochFencing(start);
                restorable(start);
                minorityNeverProceeds(to, start);
            }
            case CoordinatorMessage.Release release -> released = true;
            default -> {}
        }
    }

    private void agreement(MemberId to, CoordinatorMessage.EpochStart start) {
        CoordinatorMessage.EpochStart first = published.putIfAbsent(start.epoch(), start);
        require(first == null || first.equals(start), "agreement: epoch " + start.epoch() + " differs between members");
        require(start.members().contains(to), "agreement: sent to a stranger");
        require(start.epoch() >= newestEpoch, "agreement: epochs go back");
        newestEpoch = start.epoch();
        everMembers.addAll(start.members());
        ByteBuffer id = ByteBuffer.wrap(start.uniqueId());
        MemberId maker = new MemberId(id.getInt(), id.getInt());
        require(start.members().contains(maker), "agreement: the unique id was made by an outsider");
        require(id.getLong() == start.epoch(), "agreement: the unique id belongs to another epoch");
    }

    private void epochFencing(CoordinatorMessage.EpochStart start) {
        for (SimulatedProcess process : simulation.processes()) {
            boolean excluded = everMembers.contains(process.id())
                    && !start.members().contains(process.id())
                    && !process.isDismissed();
            require(!excluded || !process.isAlive(), "epoch fencing: " + process.id() + " could still act");
        }
    }

    private void restorable(CoordinatorMessage.EpochStart start) {
        RestorePlan plan = start.plan();
        for (int shard = 0; shard < plan.shardCount(); shard++) {
            int source = plan.shardSource()[shard];
            ModelMemory.Slot slot = slot(start, source);
            require(slot != null && slot.shard(shard) != null, "restorable: shard " + shard + " is not at its source");
        }
        if (!plan.isInitial()) {
            require(slot(start, plan.replicatedSource()) != null, "restorable: replicated state is not at its source");
        }
    }

    private ModelMemory.Slot slot(CoordinatorMessage.EpochStart start, int rank) {
        return simulation
                .process(start.members().get(rank))
                .memory()
                .find(start.plan().version());
    }

    private void minorityNeverProceeds(MemberId to, CoordinatorMessage.EpochStart start) {
        SimulatedProcess process = simulation.process(to);
        require(
                !process.isAlive() || process.forming() == start.epoch(),
                "minority never proceeds: " + to + " had not left epoch " + process.epoch());
    }

    long[] served(ModelMemory.Slot source, RestorePlan plan, int shard) {
        require(source != null && source.shard(shard) != null, "restorable: shard " + shard + " was not served");
        long[] content = source.shard(shard);
        int offset = ModelState.from(shard, plan.shardCount());
        require(ModelState.isShard(content, offset, plan.step()), "no torn snapshot: shard " + shard + " is wrong");
        return content;
    }

    void restored(SimulatedProcess process, RestorePlan plan, long[] shard, int offset, int[] ledger) {
        require(ModelState.isShard(shard, offset, plan.step()), "nothing corrupt survives: " + process.id());
        require(ModelState.isExactlyOnce(ledger, plan.step()), "exactly once: restored ledger of " + process.id());
    }

    void finished(SimulatedProcess process, long step, long[] shard, int offset, int[] ledger) {
        int steps = simulation.scenario().steps();
        require(step == steps, "finished after step " + step + " of " + steps);
        require(ModelState.isShard(shard, offset, steps), "nothing corrupt survives: final state of " + process.id());
        require(ModelState.isExactlyOnce(ledger, steps), "exactly once: final ledger of " + process.id());
    }

    void persisted(ModelMemory.Slot slot, CoordinatorMessage.Persist request) {
        require(slot != null, "restorable: asked to persist what is not there");
        BitSet shards = onDisk.computeIfAbsent(request.version(), v -> new BitSet());
        for (int shard : request.shards()) {
            require(slot.shard(shard) != null, "restorable: asked to persist a shard that is not there");
            shards.set(shard);
        }
        if (request.replicated()) {
            replicatedOnDisk.add(request.version());
        }
    }

    void committed(Decision.CommitDurable durable) {
        BitSet shards = onDisk.getOrDefault(durable.version(), new BitSet());
        require(shards.cardinality() == durable.shardCount(), "durable version lacks shards");
        require(replicatedOnDisk.contains(durable.version()), "durable version lacks replicated state");
    }

    void ended(JobOutcome outcome) {
        for (SimulatedProcess process : simulation.processes()) {
            require(!process.isAlive(), "nothing leaks: " + process.id() + " outlives the job");
        }
        if (!outcome.success()) {
            require(simulation.faultsDone() > 0, "failed without a fault: " + outcome.message());
            require(isJustified(outcome.message()), "failed without need: " + outcome.message());
        } else {
            require(released, "succeeded without releasing anybody");
        }
    }

    /** Called with the processes as they were when the end was decided. */
    private boolean isJustified(String message) {
        int recoveries = simulation.incidents() + simulation.failedReplacements();
        if (message.contains("--max-recoveries")) {
            return recoveries > simulation.scenario().spec().maxRecoveries();
        }
        if (message.contains("--min-ranks")) {
            return simulation.scenario().spec().policy() != RecoveryPolicy.REPLACE
                    && membersAlive() < simulation.scenario().spec().minRanks();
        }
        if (message.contains("cannot be restored") || message.contains("before the first step was done")) {
            return !somethingIsCoverable();
        }
        if (message.contains("every rank was lost")) {
            return membersAlive() == 0;
        }
        if (message.contains("after all steps were done")) {
            return released;
        }
        // What remains is a group that never worked: a rank was lost before there was one, or the program failed.
        return newestEpoch == 0
                || simulation.aliveAtEnd().isEmpty()
                || simulation.programFaults() > 0
                        && (message.contains("before the group was formed") || message.contains("could not be formed"));
    }

    private long membersAlive() {
        return simulation.aliveAtEnd().stream()
                .filter(process -> everMembers.contains(process.id()) && !process.isDismissed())
                .count();
    }

    private boolean somethingIsCoverable() {
        Map<Version, BitSet> covered = new HashMap<>();
        Map<Version, Integer> counts = new HashMap<>();
        for (SimulatedProcess process : simulation.aliveAtEnd()) {
            if (process.isDismissed()) {
                continue;
            }
            for (Holding holding : process.memory().inventory()) {
                counts.put(holding.version(), holding.shardCount());
                BitSet shards = covered.computeIfAbsent(holding.version(), v -> new BitSet());
                for (int shard : holding.shards()) {
                    shards.set(shard);
                }
            }
        }
        return covered.entrySet().stream()
                .anyMatch(entry -> entry.getValue().cardinality() == counts.get(entry.getKey()));
    }

    private void require(boolean holds, String invariant) {
        if (!holds) {
            throw new AssertionError("seed " + simulation.scenario().seed() + ": " + invariant + "\n"
                    + String.join("\n", simulation.trace()));
        }
    }

    List<Long> epochs() {
        return published.keySet().stream().sorted().toList();
    }
}
