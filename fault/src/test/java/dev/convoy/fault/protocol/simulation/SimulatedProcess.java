/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.fault.protocol.Version;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A model rank: answers the coordinator as a rank does, takes snapshots, dies, stops and dawdles when told. */
final class SimulatedProcess {
    private static final long MS = 1_000_000L;

    private final Simulation simulation;
    private MemberId id;
    private boolean dismissed;
    private long quiesced;
    private final ModelMemory memory = new ModelMemory();
    private final Deque<Runnable> backlog = new ArrayDeque<>();
    private boolean alive = true;
    private boolean stopped;
    private boolean failing;
    private boolean joined;
    private long lastSentNs;
    private long lastHeardNs;

    private long epoch;
    private long forming;
    // Work begun before a revocation must not go on after it.
    private long generation;
    private boolean suspected;
    private boolean stepDone;
    private ModelWorld world;
    private int rank;
    private long step;
    private long pendingSlowNs;
    private long completedOperations;
    private long[] shard = {};
    private int[] ledger;

    private record Copy(long[] shard, int[] ledger) {}

    SimulatedProcess(Simulation simulation, MemberId id) {
        this.simulation = simulation;
        this.id = id;
        ledger = new int[simulation.scenario().steps()];
    }

    /** A spare is given a place. */
    void rename(MemberId place) {
        id = place;
    }

    /** Was let go. */
    boolean isDismissed() {
        return dismissed;
    }

    void dismiss() {
        dismissed = true;
    }

    MemberId id() {
        return id;
    }

    boolean isAlive() {
        return alive;
    }

    /** Has said Hello. */
    boolean hasJoined() {
        return joined;
    }

    /** Alive, and not on its way out. */
    boolean isSound() {
        return alive && !stopped && !failing;
    }

    long forming() {
        return forming;
    }

    long epoch() {
        return epoch;
    }

    ModelMemory memory() {
        return memory;
    }

    void start() {
        after(simulation.delay(10 * MS, 60 * MS), () -> {
            joined = true;
            simulation.deliver(id, lastSentNs, () -> new CoordinatorEvent.Connected(simulation.nowNs(), id, 1));
            beat();
        });
    }

    /** Runs in this process: never once it is dead, later if it is stopped. */
    void after(long delayNs, Runnable action) {
        simulation.time().after(delayNs, () -> runOrKeep(action));
    }

    private void runOrKeep(Runnable action) {
        if (alive && stopped) {
            backlog.add(action);
        } else if (alive) {
            action.run();
        }
    }

    private void afterInEpoch(long delayNs, Runnable action) {
        long now = generation;
        after(delayNs, () -> {
            if (generation == now && !failing) {
                action.run();
            }
        });
    }

    void kill() {
        alive = false;
        backlog.clear();
    }

    void stop() {
        stopped = true;
    }

    void resume() {
        stopped = false;
        while (alive && !stopped && !backlog.isEmpty()) {
            backlog.remove().run();
        }
    }

    void dawdle(long ns) {
        pendingSlowNs = ns;
    }

    void fail() {
        failing = true;
        send(new RankMessage.Failing(epoch, "IllegalStateException: injected"));
        after(simulation.delay(MS, 700 * MS), () -> simulation.ended(this, "exited with status 1", false));
    }

    void send(RankMessage message) {
        if (alive) {
            lastSentNs = simulation.send(id, lastSentNs, message);
        }
    }

    private void beat() {
        send(heartbeat());
        after(100 * MS, this::beat);
    }

    private RankMessage.Heartbeat heartbeat() {
        return new RankMessage.Heartbeat(epoch, step, enqueued(), completedOperations);
    }

    private long enqueued() {
        return world == null ? 0 : world.enqueued(id);
    }

    /** A record from the coordinator: in order, after some delay. */
    void hear(CoordinatorMessage message) {
        lastHeardNs = Math.max(lastHeardNs, simulation.nowNs() + simulation.delay(20_000, 3 * MS));
        simulation.time().at(lastHeardNs, () -> runOrKeep(() -> handle(message)));
    }

    private void handle(CoordinatorMessage message) {
        switch (message) {
            case CoordinatorMessage.Revoke m -> revoke(m);
            case CoordinatorMessage.EpochStart m -> begin(m);
            case CoordinatorMessage.Probe m -> {
                if (m.epoch() == epoch) {
                    send(new RankMessage.Probed(epoch, step, enqueued(), completedOperations));
                }
            }
            case CoordinatorMessage.Release m -> finish(m);
            case CoordinatorMessage.Persist m -> persist(m);
            case CoordinatorMessage.Rejected m -> kill();
            case CoordinatorMessage.Stop m -> kill();
            case CoordinatorMessage.FaultRecorded m -> {}
            case CoordinatorMessage.InReserve m -> {}
            case CoordinatorMessage.Assigned m -> {}
            case CoordinatorMessage.Quiesce m -> quiesced = Math.max(quiesced, m.epoch());
            case CoordinatorMessage.Dismissed m -> {
                generation++;
                world = null;
                after(simulation.delay(MS, 40 * MS), () -> simulation.ended(this, "exited with status 143", false));
            }
        }
    }

    private void revoke(CoordinatorMessage.Revoke m) {
        if (m.epoch() <= forming || failing) {
            return;
        }
        forming = m.epoch();
        generation++;
        world = null;
        if (simulation.diesAt("abort", this)) {
            return;
        }
        afterInEpoch(simulation.delay(MS, 15 * MS), () -> {
            byte[] uniqueId = m.makeUniqueId() ? uniqueId(m.epoch()) : new byte[0];
            send(new RankMessage.Aborted(
                    m.epoch(), simulation.nowNs(), step, memory.inventory(), memory.fallBack(), uniqueId));
            simulation.diesAt("agree", this);
        });
    }

    private byte[] uniqueId(long ofEpoch) {
        return ByteBuffer.allocate(16)
                .putInt(id.launchRank())
                .putInt(id.incarnation())
                .putLong(ofEpoch)
                .array();
    }

    private void begin(CoordinatorMessage.EpochStart m) {
        if (m.epoch() != forming || epoch == m.epoch() || failing) {
            return;
        }
        epoch = m.epoch();
        suspected = false;
        stepDone = false;
        completedOperations = 0;
        world = simulation.world(m.epoch());
        rank = m.members().indexOf(id);
        if (simulation.diesAt("rebuild", this)) {
            return;
        }
        afterInEpoch(
                simulation.delay(MS, 10 * MS),
                () -> collective(null, _ -> {
                    send(new RankMessage.Rebuilt(epoch, simulation.nowNs()));
                    if (!simulation.diesAt("restore", this)) {
                        restore(m.plan());
                    }
                }));
    }

    private void collective(Object contribution, Consumer<Map<MemberId, Object>> then) {
        long now = generation;
        world.enqueue(id, contribution, contributions -> {
            if (generation == now && !failing) {
                completedOperations++;
                then.accept(contributions);
            }
        });
        long operation = enqueued();
        afterInEpoch(simulation.scenario().spec().deadlineNs(), () -> {
            if (completedOperations < operation) {
                suspect(Evidence.DEADLINE);
            }
        });
    }

    /** Once an epoch, as the contract says. */
    void suspect(Evidence evidence, int... ranks) {
        if (!suspected && world != null && !failing) {
            suspected = true;
            send(new RankMessage.Suspect(
                    epoch, evidence, ranks, simulation.nowNs(), evidence.name(), enqueued(), completedOperations));
        }
    }

    private void restore(RestorePlan plan) {
        ModelMemory.Slot mine = plan.isInitial() ? null : memory.find(plan.version());
        collective(mine, slots -> {
            int worldSize = world.members().size();
            shard = ModelState.initialShard(rank, worldSize);
            ledger = new int[simulation.scenario().steps()];
            step = plan.step();
            if (!plan.isInitial()) {
                load(plan, slots);
                memory.fallBackOn(plan.version());
            }
            simulation.invariants().restored(this, plan, shard, ModelState.from(rank, worldSize), ledger);
            send(new RankMessage.Restored(epoch, simulation.nowNs()));
            afterInEpoch(simulation.delay(100_000, MS), this::snapshot);
        });
    }

    private void load(RestorePlan plan, Map<MemberId, Object> slots) {
        int worldSize = world.members().size();
        int offset = ModelState.from(rank, worldSize);
        for (int old = 0; old < plan.shardCount(); old++) {
            ModelMemory.Slot source = slot(slots, plan.shardSource()[old]);
            long[] served = simulation.invariants().served(source, plan, old);
            int oldFrom = ModelState.from(old, plan.shardCount());
            for (int i = 0; i < served.length; i++) {
                int mine = oldFrom + i - offset;
                if (mine >= 0 && mine < shard.length) {
                    shard[mine] = served[i];
                }
            }
        }
        ledger = slot(slots, plan.replicatedSource()).ledger().clone();
    }

    private ModelMemory.Slot slot(Map<MemberId, Object> slots, int sourceRank) {
        return (ModelMemory.Slot) slots.get(world.members().get(sourceRank));
    }

    private void snapshot() {
        int worldSize = world.members().size();
        Version version = new Version(epoch, step);
        ModelMemory.Slot slot = memory.begin(version, worldSize);
        collective(new Copy(shard.clone(), ledger.clone()), copies -> {
            Map<Integer, long[]> held = new HashMap<>();
            for (int number : GroupPlacement.of(worldSize).shardsHeldBy(rank)) {
                held.put(number, ((Copy) copies.get(world.members().get(number))).shard());
            }
            ModelMemory.complete(slot, held, ledger.clone());
            collective(quiesced == epoch, wishes -> {
                memory.fallBackOn(version);
                boolean boundary = wishes.containsValue(true)
                        && step < simulation.scenario().steps();
                if (boundary) {
                    send(new RankMessage.Quiesced(epoch, step, simulation.nowNs()));
                } else {
                    afterCommit();
                }
            });
        });
    }

    private void afterCommit() {
        if (step == simulation.scenario().steps()) {
            send(new RankMessage.Completed(epoch));
            return;
        }
        long slowNs = pendingSlowNs;
        pendingSlowNs = 0;
        afterInEpoch(
                simulation.delay(MS, 8 * MS) + slowNs,
                () -> collective(null, _ -> {
                    ModelState.apply(
                            shard, ModelState.from(rank, world.members().size()), step);
                    ledger[(int) step]++;
                    step++;
                    if (!stepDone) {
                        stepDone = true;
                        send(new RankMessage.Resumed(epoch, simulation.nowNs()));
                    }
                    snapshot();
                }));
    }

    private void finish(CoordinatorMessage.Release m) {
        if (m.epoch() != epoch || failing) {
            return;
        }
        int worldSize = world.members().size();
        simulation.invariants().finished(this, step, shard, ModelState.from(rank, worldSize), ledger);
        send(new RankMessage.Finished(epoch, new RunSummary(step, worldSize, null, "f00d", null, -1, -1, -1, null)));
        after(simulation.delay(MS, 20 * MS), () -> simulation.ended(this, "exited with status 0", true));
    }

    private void persist(CoordinatorMessage.Persist m) {
        after(simulation.delay(MS, 50 * MS), () -> {
            ModelMemory.Slot slot = memory.find(m.version());
            if (simulation.diesAt("persist", this)) {
                return;
            }
            if (simulation.random().nextInt(20) == 0) {
                send(new RankMessage.DurableFailed(m.version(), m.file(), "no space left"));
                return;
            }
            simulation.invariants().persisted(slot, m);
            send(new RankMessage.DurablePart(m.version(), m.file(), 1, "beef", true));
        });
    }
}
