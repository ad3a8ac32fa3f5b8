/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.FailureDomains;
import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.ParityPlacement;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What a model rank's program does: restores, takes a snapshot before every n-th step, votes on it, steps. */
final class ModelTraining {
    private static final long MS = 1_000_000L;

    private final Simulation simulation;
    private final SimulatedProcess process;
    private boolean stepDone;
    private long step;
    private long pendingDawdleNs;
    private long[] shard = {};
    private int[] ledger;

    private record Copy(long[] shard, int[] ledger) {}

    ModelTraining(Simulation simulation, SimulatedProcess process) {
        this.simulation = simulation;
        this.process = process;
        ledger = new int[simulation.scenario().steps()];
    }

    long step() {
        return step;
    }

    long[] shard() {
        return shard;
    }

    /** Number of the shard's first element. */
    int offset() {
        return ModelState.from(process.rank(), process.world().size());
    }

    int[] ledger() {
        return ledger;
    }

    void dawdle(long ns) {
        pendingDawdleNs = ns;
    }

    void restore(RestorePlan plan) {
        ModelMemory memory = process.memory();
        memory.doubt(plan.version());
        Object mine = plan.isInitial() ? null : memory.find(plan.version());
        process.collective(mine, slots -> {
            shard = ModelState.initialShard(process.rank(), process.world().size());
            ledger = new int[simulation.scenario().steps()];
            step = plan.step();
            stepDone = false;
            if (!plan.isInitial() && !load(plan, slots)) {
                process.suspect(Evidence.ASYNC_ERROR);
                return;
            }
            memory.fallBackOn(plan.isInitial() ? memory.fallBack() : plan.version());
            memory.doubt(null);
            simulation.invariants().restored(process, plan);
            process.send(new RankMessage.Restored(process.epoch(), simulation.nowNs()));
            process.afterInEpoch(simulation.chance().between(100_000, MS), this::snapshot);
        });
    }

    /** Returns whether what was read is what had been stored. */
    private boolean load(RestorePlan plan, Object[] slots) {
        for (int old = 0; old < plan.shardCount(); old++) {
            int source = plan.shardSource()[old];
            ModelMemory.Slot slot = source < 0 ? null : (ModelMemory.Slot) slots[source];
            long[] served = source < 0
                    ? simulation.invariants().computed(slots, plan, old)
                    : simulation.invariants().served(slot, plan, old);
            boolean needed = place(served, ModelState.from(old, plan.shardCount()));
            boolean damaged = source < 0 ? ModelDecoding.readsDamage(slots, plan, old) : slot.isDamaged(old);
            if (needed && damaged) {
                return false;
            }
        }
        ledger = ((ModelMemory.Slot) slots[plan.replicatedSource()]).ledger().clone();
        return true;
    }

    private boolean place(long[] served, int from) {
        boolean any = false;
        for (int i = 0; i < served.length; i++) {
            int mine = from + i - offset();
            if (mine >= 0 && mine < shard.length) {
                shard[mine] = served[i];
                any = true;
            }
        }
        return any;
    }

    private void snapshot() {
        int worldSize = process.world().size();
        Version version = new Version(process.epoch(), step);
        ModelMemory.Slot slot = process.memory().begin(version, worldSize);
        process.collective(new Copy(shard.clone(), ledger.clone()), copies -> {
            if (simulation.diesAt("copy", process)) {
                return;
            }
            store(slot, copies);
            process.collective(process.isQuiesced(), wishes -> {
                process.memory().fallBackOn(version);
                if (!simulation.diesAt("vote", process)) {
                    afterCommit(Arrays.asList(wishes).contains(true));
                }
            });
        });
    }

    private void store(ModelMemory.Slot slot, Object[] copies) {
        int worldSize = copies.length;
        Map<Integer, long[]> held = new HashMap<>();
        ModelParity parity = null;
        switch (simulation.scenario().redundancy()) {
            case Redundancy.Copies kept -> {
                for (int number : new GroupPlacement(worldSize, 1 + kept.replicas()).shardsHeldBy(process.rank())) {
                    held.put(number, ((Copy) copies[number]).shard());
                }
            }
            case Redundancy.Parity kept -> {
                held.put(process.rank(), ((Copy) copies[process.rank()]).shard());
                parity = new ParityPlacement(worldSize, kept, FailureDomains.ONE)
                        .ring(process.rank())
                        .map(ring -> parity(ring, copies))
                        .orElse(null);
            }
        }
        ModelMemory.complete(slot, held, parity, ledger.clone());
    }

    private ModelParity parity(ParityRing ring, Object[] copies) {
        ModelParity parity = new ModelParity(ring, process.rank());
        for (int index = 0; index < ring.parity(); index++) {
            int stripe = ring.stripeOfParity(ring.placeOf(process.rank()), index);
            for (int piece = 0; piece < ring.data(); piece++) {
                int shardNumber = ring.member(ring.dataPlace(stripe, piece));
                parity.make(shardNumber, ((Copy) copies[shardNumber]).shard());
            }
        }
        return parity;
    }

    private void afterCommit(boolean somebodyIsToStop) {
        if (step == simulation.scenario().steps()) {
            process.send(new RankMessage.Completed(process.epoch()));
            return;
        }
        if (somebodyIsToStop) {
            process.send(new RankMessage.Quiesced(process.epoch(), step, simulation.nowNs()));
            return;
        }
        compute();
    }

    private void compute() {
        long dawdleNs = pendingDawdleNs;
        pendingDawdleNs = 0;
        process.afterInEpoch(
                simulation.chance().between(MS, 8 * MS) + dawdleNs, () -> process.collective(null, _ -> update()));
    }

    private void update() {
        ModelState.apply(shard, offset(), step);
        ledger[(int) step]++;
        step++;
        if (!stepDone) {
            stepDone = true;
            process.send(new RankMessage.Resumed(process.epoch(), simulation.nowNs()));
        }
        // The first one of an epoch comes at once, the last one behind the last step.
        boolean isDue = step % simulation.scenario().every() == 0
                || step == simulation.scenario().steps();
        if (isDue) {
            snapshot();
        } else {
            compute();
        }
    }
}
