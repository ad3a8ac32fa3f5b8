/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RunSummary;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** A model rank: answers the coordinator as a rank does, dies, stops and dawdles when told. */
final class SimulatedProcess {
    private static final long MS = 1_000_000L;

    private final Simulation simulation;
    private final MemberId bornAs;
    private MemberId id;
    private final Allegiance allegiance;
    private final ModelMemory memory;
    private final ModelTraining training;
    private final Deque<Runnable> backlog = new ArrayDeque<>();
    private boolean alive = true;
    private boolean stopped;
    private boolean failing;
    private boolean joined;
    private boolean disturbed;
    private boolean cutOff;
    private String end = "is gone";
    private int exitStatus = 1;
    private long slowUntilNs;

    private long epoch;
    private long forming;
    // Work begun before a revocation must not go on after it.
    private long generation;
    private boolean suspected;
    private boolean finishing;
    private boolean dismissed;
    private long quiescedEpoch;
    private ModelWorld world;
    private int rank;
    private long completedOperations;
    private List<Holding> offered = List.of();

    SimulatedProcess(Simulation simulation, MemberId id) {
        this.simulation = simulation;
        this.id = id;
        bornAs = id;
        Scenario scenario = simulation.scenario();
        allegiance = new Allegiance(simulation, this);
        memory = new ModelMemory((scenario.seed() & 1) == 0);
        training = new ModelTraining(simulation, this);
    }

    MemberId id() {
        return id;
    }

    /** The name that it was started with. */
    MemberId bornAs() {
        return bornAs;
    }

    Allegiance allegiance() {
        return allegiance;
    }

    /** Has lost its coordinator for good, and is on its way out. */
    boolean isCutOff() {
        return cutOff;
    }

    /** How it ended, as its parent tells it. */
    String end() {
        return end;
    }

    int exitStatus() {
        return exitStatus;
    }

    /** A spare is given a place. */
    void rename(MemberId place) {
        id = place;
    }

    /** Asked to leave, and was let go. */
    boolean isDismissed() {
        return dismissed;
    }

    void dismiss() {
        dismissed = true;
    }

    /** Is to stop at the next step boundary. */
    boolean isQuiesced() {
        return quiescedEpoch == epoch;
    }

    boolean isAlive() {
        return alive;
    }

    /** Has said Hello, and whoever leads next will know that somebody has. */
    boolean hasJoined() {
        return joined && simulation.reigns().knowOfAGroup();
    }

    /** Alive, reachable, and not on its way out. */
    boolean isSound() {
        return alive && !stopped && !failing && !link().isBroken() && !link().isHeld();
    }

    /** Lives, and does not run. */
    boolean isStopped() {
        return stopped;
    }

    /** Something happened to this very process for which it may be excluded. */
    boolean isDisturbed() {
        return disturbed || !alive;
    }

    void disturb() {
        disturbed = true;
    }

    long forming() {
        return forming;
    }

    long epoch() {
        return epoch;
    }

    int rank() {
        return rank;
    }

    ModelWorld world() {
        return world;
    }

    ModelMemory memory() {
        return memory;
    }

    ModelTraining training() {
        return training;
    }

    Link link() {
        return allegiance.link();
    }

    /** What it said that it holds, when it was asked last. */
    List<Holding> offered() {
        return offered;
    }

    void start() {
        after(simulation.chance().between(10 * MS, 60 * MS), () -> {
            joined = true;
            allegiance.join();
            beat();
        });
    }

    /** Runs in this process: never once it is dead, later if it is stopped. */
    void after(long delayNs, Runnable action) {
        long slowed = simulation.nowNs() < slowUntilNs ? 8 * delayNs : delayNs;
        simulation.time().after(slowed, () -> runOrKeep(action));
    }

    void runOrKeep(Runnable action) {
        if (alive && stopped) {
            backlog.add(action);
        } else if (alive) {
            action.run();
        }
    }

    void afterInEpoch(long delayNs, Runnable action) {
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

    void end(String how, int status) {
        end = how;
        exitStatus = status;
        kill();
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

    void slowDown(long forNs) {
        slowUntilNs = simulation.nowNs() + forNs;
        link().slowUntil(slowUntilNs);
    }

    void fail() {
        failing = true;
        send(new RankMessage.Failing(epoch, "IllegalStateException: injected"));
        after(simulation.chance().between(MS, 700 * MS), () -> simulation.ended(this, "exited with status 1", false));
    }

    /** A rank whose agent is gone halts itself. */
    void loseAgent() {
        cutOff = true;
        link().cut();
        after(simulation.chance().between(MS, 20 * MS), () -> simulation.ended(this, "exited with status 1", false));
    }

    void send(RankMessage message) {
        if (alive) {
            allegiance.send(message);
        }
    }

    private void beat() {
        send(new RankMessage.Heartbeat(epoch, training.step(), enqueued(), completedOperations));
        after(100 * MS, this::beat);
    }

    private long enqueued() {
        return world == null ? 0 : world.enqueued(rank);
    }

    void handle(CoordinatorMessage message) {
        switch (message) {
            case CoordinatorMessage.Revoke m -> revoke(m);
            case CoordinatorMessage.EpochStart m -> begin(m);
            case CoordinatorMessage.Probe m -> {
                if (m.epoch() == epoch) {
                    send(new RankMessage.Probed(epoch, training.step(), enqueued(), completedOperations));
                }
            }
            case CoordinatorMessage.Release m -> finish(m);
            case CoordinatorMessage.Persist m -> persist(m);
            case CoordinatorMessage.Rejected m -> kill();
            case CoordinatorMessage.Stop m -> kill();
            case CoordinatorMessage.FaultRecorded m -> {}
            case CoordinatorMessage.InReserve m -> {}
            case CoordinatorMessage.Pulse m -> {}
            case CoordinatorMessage.Assigned m -> {}
            case CoordinatorMessage.Quiesce m -> quiescedEpoch = Math.max(quiescedEpoch, m.epoch());
            case CoordinatorMessage.Dismissed m -> leave();
        }
    }

    private void leave() {
        generation++;
        world = null;
        after(simulation.chance().between(MS, 40 * MS), () -> simulation.ended(this, "exited with status 143", false));
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
        afterInEpoch(simulation.chance().between(MS, 15 * MS), () -> {
            byte[] uniqueId = m.makeUniqueId() ? uniqueId(m.epoch()) : new byte[0];
            offered = memory.inventory();
            send(new RankMessage.Aborted(
                    m.epoch(), simulation.nowNs(), training.step(), offered, memory.fallBack(), uniqueId));
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
        completedOperations = 0;
        world = simulation.world(m.epoch());
        rank = world.rank(this);
        if (simulation.diesAt("rebuild", this)) {
            return;
        }
        afterInEpoch(
                simulation.chance().between(MS, 10 * MS),
                () -> collective(null, _ -> {
                    send(new RankMessage.Rebuilt(epoch, simulation.nowNs()));
                    if (!simulation.diesAt("restore", this)) {
                        training.restore(m.plan());
                    }
                }));
    }

    void collective(Object contribution, Consumer<Object[]> then) {
        long now = generation;
        world.enqueue(rank, contribution, contributions -> {
            if (generation == now && !failing) {
                simulation.invariants().worked(epoch);
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

    /** Once an epoch, as the contract says; from then on the rank only waits for the next one. */
    void suspect(Evidence evidence, int... ranks) {
        if (!suspected && world != null && !failing) {
            suspected = true;
            generation++;
            send(new RankMessage.Suspect(
                    epoch, evidence, ranks, simulation.nowNs(), evidence.name(), enqueued(), completedOperations));
        }
    }

    private void finish(CoordinatorMessage.Release m) {
        if (m.epoch() != epoch || failing || finishing) {
            return;
        }
        finishing = true;
        simulation.invariants().finished(this);
        RunSummary summary = new RunSummary(training.step(), world.size(), null, "f00d", null, -1, -1, -1, null);
        send(new RankMessage.Finished(epoch, summary));
        after(simulation.chance().between(MS, 20 * MS), () -> simulation.ended(this, "exited with status 0", true));
    }

    private void persist(CoordinatorMessage.Persist m) {
        after(simulation.chance().between(MS, 50 * MS), () -> {
            if (simulation.diesAt("persist", this)) {
                return;
            }
            boolean damaged = memory.sound().stream()
                    .filter(holding -> holding.version().equals(m.version()))
                    .noneMatch(holding -> holdsAll(holding, m.shards()));
            // What is damaged is found when it is read for writing.
            if (damaged || simulation.chance().percent(5)) {
                send(new RankMessage.DurableFailed(m.version(), m.file(), "no space left"));
                return;
            }
            simulation.invariants().persisted(memory.find(m.version()), m);
            send(new RankMessage.DurablePart(m.version(), m.file(), 1, "beef", true));
        });
    }

    private static boolean holdsAll(Holding holding, int[] wanted) {
        List<Integer> held = java.util.Arrays.stream(holding.shards()).boxed().toList();
        return java.util.Arrays.stream(wanted).allMatch(held::contains);
    }
}
