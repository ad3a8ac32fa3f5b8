/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RankMessage;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Runs one scenario: the adapter around the coordinator, the network, the faults. */
final class Simulation {
    private static final long MS = 1_000_000L;
    private static final long LONGEST_NS = 300_000 * MS;
    private static final int TRACED = 400;

    private final Scenario scenario;
    private final SplittableRandom random;
    private final VirtualTime time = new VirtualTime();
    private final Coordinator coordinator;
    private final Invariants invariants = new Invariants(this);
    private final Map<MemberId, SimulatedProcess> processes = new LinkedHashMap<>();
    private final Map<Long, ModelWorld> worlds = new HashMap<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private List<SimulatedProcess> aliveAtEnd = List.of();
    private JobOutcome outcome;
    private int faultsDone;
    private int programFaults;
    private final Deque<Supplier<CoordinatorEvent>> waiting = new ArrayDeque<>();
    private long pausedUntilNs;

    Simulation(Scenario scenario) {
        this.scenario = scenario;
        random = new SplittableRandom(scenario.seed() ^ 0x5eed);
        coordinator = new Coordinator(scenario.spec());
    }

    JobOutcome run() {
        carryOut(coordinator.start(time.nowNs()));
        tick();
        for (int i = 0; i < scenario.faults(); i++) {
            time.after(random.nextLong(scenario.horizonNs()), this::randomFault);
        }
        for (int i = 0; i < scenario.pauses(); i++) {
            time.after(random.nextLong(scenario.horizonNs()), this::pause);
        }
        for (int i = 0; i < scenario.leavers(); i++) {
            time.after(random.nextLong(scenario.horizonNs()), this::wishToLeave);
        }
        babble();
        long endNs = time.nowNs() + LONGEST_NS;
        while (outcome == null) {
            if (time.nowNs() > endNs) {
                throw new AssertionError("seed " + scenario.seed() + ": recovery of recovery does not terminate\n"
                        + String.join("\n", trace));
            }
            time.next();
        }
        return outcome;
    }

    private void tick() {
        event(() -> new CoordinatorEvent.Tick(time.nowNs()));
        time.after(10 * MS, this::tick);
    }

    /** While the agent is paused everything waits, and happens in the same order when it goes on. */
    private void event(Supplier<CoordinatorEvent> arrival) {
        if (time.nowNs() < pausedUntilNs || !waiting.isEmpty()) {
            waiting.add(arrival);
        } else {
            happens(arrival.get());
        }
    }

    private void happens(CoordinatorEvent event) {
        if (outcome == null) {
            if (!(event instanceof CoordinatorEvent.Tick)) {
                note(event);
            }
            carryOut(coordinator.on(event));
        }
    }

    private void note(Object what) {
        if (!what.toString().contains("Heartbeat")) {
            trace.add(time.nowNs() / 1_000 + " us: " + what);
            if (trace.size() > TRACED) {
                trace.remove();
            }
        }
    }

    private void carryOut(List<Decision> decisions) {
        if (decisions.stream().anyMatch(Decision.End.class::isInstance)) {
            aliveAtEnd = processes().stream().filter(SimulatedProcess::isSound).toList();
        }
        for (Decision decision : decisions) {
            note(decision);
            carryOut(decision);
        }
    }

    private void carryOut(Decision decision) {
        switch (decision) {
            case Decision.Send send -> {
                if (send.message() instanceof CoordinatorMessage.EpochStart start) {
                    worlds.computeIfAbsent(start.epoch(), e -> new ModelWorld(this, start.members()));
                }
                if (send.message() instanceof CoordinatorMessage.Dismissed) {
                    process(send.member()).dismiss();
                }
                invariants.sent(send.member(), send.message());
                process(send.member()).hear(send.message());
            }
            case Decision.Fence fence -> {
                SimulatedProcess process = process(fence.member());
                if (process.isAlive()) {
                    ended(process, "was killed by signal 9", false);
                }
                time.after(
                        delay(10_000, MS),
                        () -> event(() -> new CoordinatorEvent.Fenced(time.nowNs(), fence.member())));
            }
            case Decision.Spawn spawn -> spawn(spawn.member());
            case Decision.Promote promote -> {
                SimulatedProcess spare = process(promote.spare());
                spare.rename(promote.place());
                processes.put(promote.place(), spare);
            }
            case Decision.CommitDurable durable -> invariants.committed(durable);
            case Decision.End end -> {
                outcome = end.outcome();
                invariants.ended(outcome);
            }
            case Decision.Announce _,
                    Decision.ProgressMade _,
                    Decision.IncidentUpdated _,
                    Decision.ChangeUpdated _ -> {}
        }
    }

    private void spawn(MemberId id) {
        SimulatedProcess process = new SimulatedProcess(this, id);
        processes.put(id, process);
        boolean replacement = id.incarnation() > 0;
        int luck = replacement ? random.nextInt(100) : 100;
        if (luck < 5) {
            faultsDone++;
            process.kill();
            time.after(
                    MS, () -> event(() -> new CoordinatorEvent.SpawnFailed(time.nowNs(), id.launchRank(), "bad luck")));
            return;
        }
        process.start();
        if (luck < 12) {
            faultsDone++;
            programFaults++;
            process.after(5 * MS, () -> ended(process, "exited with status 1", false));
        }
    }

    /** The agent itself does not run for a while: its fault, and nobody else's. */
    private void pause() {
        pausedUntilNs = Math.max(pausedUntilNs, time.nowNs() + delay(300 * MS, 5_000 * MS));
        note("the agent pauses");
        time.at(pausedUntilNs, this::goOn);
    }

    private void goOn() {
        while (time.nowNs() >= pausedUntilNs && !waiting.isEmpty()) {
            happens(waiting.poll().get());
        }
    }

    /** Records of epochs long gone, and of epochs that never were. */
    private void babble() {
        List<SimulatedProcess> talkers =
                processes().stream().filter(SimulatedProcess::isSound).toList();
        if (!talkers.isEmpty()) {
            SimulatedProcess talker = talkers.get(random.nextInt(talkers.size()));
            long epoch = random.nextBoolean() ? talker.forming() - random.nextInt(1, 4) : random.nextInt(50, 60);
            long now = time.nowNs();
            RankMessage[] stale = {
                new RankMessage.Suspect(epoch, Evidence.PEER_DEATH, new int[] {0, 1, -7, 99}, now, "stale", 0, 0),
                new RankMessage.Suspect(epoch, Evidence.DEADLINE, new int[0], now, "stale", 0, 0),
                new RankMessage.Aborted(epoch, now, 1_000, List.of(), null, new byte[0]),
                new RankMessage.Rebuilt(epoch, now),
                new RankMessage.Restored(epoch, now),
                new RankMessage.Completed(epoch),
                new RankMessage.Finished(epoch, null)
            };
            // A suspicion of the epoch that is just being revoked is no rubbish, unless it names the living.
            talker.send(stale[talker.forming() > epoch + 1 || epoch >= 50 ? random.nextInt(7) : 2]);
        }
        time.after(delay(5 * MS, 60 * MS), this::babble);
    }

    private void wishToLeave() {
        List<SimulatedProcess> working = processes().stream()
                .filter(SimulatedProcess::isSound)
                .filter(process -> process.epoch() > 0)
                .toList();
        if (!working.isEmpty()) {
            SimulatedProcess leaver = working.get(random.nextInt(working.size()));
            leaver.after(0, () -> leaver.send(new RankMessage.Leaving(leaver.epoch())));
        }
    }

    private void randomFault() {
        List<SimulatedProcess> alive =
                processes().stream().filter(SimulatedProcess::isSound).toList();
        if (alive.isEmpty()) {
            return;
        }
        SimulatedProcess victim = alive.get(random.nextInt(alive.size()));
        faultsDone++;
        // Where nobody has joined it may be any command, for which nobody sets a bound.
        boolean isGroup = processes().stream().anyMatch(SimulatedProcess::hasJoined);
        int kind = victim.hasJoined() ? random.nextInt(10) : isGroup ? random.nextInt(7) : 0;
        programFaults += kind >= 6 ? 1 : 0;
        note("fault " + kind + " for " + victim.id());
        switch (kind) {
            case 0, 1, 2, 3 -> ended(victim, "was killed by signal 9", false);
            case 4, 5 -> victim.stop();
            case 6 -> {
                victim.stop();
                time.after(delay(50 * MS, 4_000 * MS), victim::resume);
            }
            case 7 -> victim.dawdle(delay(10 * MS, 2_500 * MS));
            case 8 -> victim.after(0, victim::fail);
            default -> victim.after(0, () -> victim.suspect(Evidence.ASYNC_ERROR));
        }
    }

    /** Whether the process dies here, at a named point of a recovery. */
    boolean diesAt(String point, SimulatedProcess process) {
        boolean recovering = !coordinator.incidents().isEmpty();
        boolean dies = recovering && random.nextInt(100) < scenario.pointPercent();
        if (dies) {
            faultsDone++;
            note("dies at " + point + ": " + process.id());
            ended(process, "was killed by signal 9", false);
        }
        return dies;
    }

    /** A process ends: its records in flight still arrive; peers, child watch and socket notice in any order. */
    void ended(SimulatedProcess process, String how, boolean clean) {
        if (!process.isAlive()) {
            return;
        }
        MemberId id = process.id();
        process.kill();
        time.after(
                delay(100_000, 12 * MS),
                () -> event(() -> new CoordinatorEvent.Exited(time.nowNs(), id, how, status(how, clean))));
        time.after(delay(4 * MS, 12 * MS), () -> event(() -> new CoordinatorEvent.Disconnected(time.nowNs(), id)));
        if (!clean) {
            peersNotice(process);
        }
    }

    private static int status(String how, boolean clean) {
        return clean ? 0 : how.contains("signal") ? 128 + 9 : 1;
    }

    private void peersNotice(SimulatedProcess dead) {
        ModelWorld world = worlds.get(dead.epoch());
        if (world == null) {
            return;
        }
        int rank = world.members().indexOf(dead.id());
        for (MemberId member : world.members()) {
            SimulatedProcess peer = process(member);
            if (random.nextInt(10) < 7) {
                long epoch = dead.epoch();
                peer.after(delay(100_000, 6 * MS), () -> {
                    if (peer.epoch() == epoch && peer.forming() == epoch) {
                        peer.suspect(Evidence.PEER_DEATH, rank);
                    }
                });
            }
        }
    }

    /** Sends towards the coordinator, in order for one process; returns when it arrives. */
    long send(MemberId from, long lastNs, RankMessage message) {
        return deliver(from, lastNs, () -> new CoordinatorEvent.Received(time.nowNs(), from, message));
    }

    long deliver(MemberId from, long lastNs, Supplier<CoordinatorEvent> arrival) {
        long atNs = Math.max(lastNs, time.nowNs() + delay(20_000, 3 * MS));
        time.at(atNs, () -> event(arrival));
        return atNs;
    }

    long delay(long fromNs, long toNs) {
        return random.nextLong(fromNs, toNs);
    }

    SplittableRandom random() {
        return random;
    }

    VirtualTime time() {
        return time;
    }

    long nowNs() {
        return time.nowNs();
    }

    Scenario scenario() {
        return scenario;
    }

    Invariants invariants() {
        return invariants;
    }

    SimulatedProcess process(MemberId id) {
        return processes.get(id);
    }

    Collection<SimulatedProcess> processes() {
        return new LinkedHashSet<>(processes.values());
    }

    ModelWorld world(long epoch) {
        return worlds.get(epoch);
    }

    List<SimulatedProcess> aliveAtEnd() {
        return aliveAtEnd;
    }

    int faultsDone() {
        return faultsDone;
    }

    /** Faults that a program may make itself, those that fell before the first step included. */
    int programFaults() {
        return programFaults;
    }

    int incidents() {
        return coordinator.incidents().size();
    }

    List<MembershipChange> changes() {
        return coordinator.changes();
    }

    List<Incident> history() {
        return coordinator.incidents();
    }

    /** Replacements that did not live to the end: at most so many attempts beyond the incidents. */
    int failedReplacements() {
        return (int) processes().stream()
                .filter(process -> process.id().incarnation() > 0 && !aliveAtEnd.contains(process))
                .count();
    }

    Collection<String> trace() {
        return trace;
    }
}
