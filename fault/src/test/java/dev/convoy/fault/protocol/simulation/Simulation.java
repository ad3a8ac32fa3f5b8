/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RankMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Runs one scenario: the adapter around the coordinator, and the agent that may itself be late. */
final class Simulation {
    private static final long MS = 1_000_000L;
    private static final long LONGEST_NS = 300_000 * MS;

    private final Scenario scenario;
    private final Chance chance;
    private final VirtualTime time = new VirtualTime();
    private final Trace trace;
    private final Reigns reigns;
    private final Faults faults = new Faults(this);
    private final Invariants invariants = new Invariants(this);
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final Map<MemberId, SimulatedProcess> byName = new HashMap<>();
    private final Map<Integer, SimulatedProcess> newest = new HashMap<>();
    private final Map<Long, ModelWorld> worlds = new HashMap<>();
    private List<SimulatedProcess> soundAtEnd = List.of();
    private JobOutcome outcome;

    Simulation(Scenario scenario) {
        this(scenario, Core::real, false);
    }

    Simulation(Scenario scenario, Core.Maker maker, boolean traced) {
        this.scenario = scenario;
        chance = new Chance(scenario.seed() ^ 0x5eed, scenario.noise().jitter());
        trace = new Trace(time, traced);
        reigns = new Reigns(this, maker);
    }

    /**
     * Runs it to its end.
     *
     * @throws Violation at the first step after which an invariant does not hold
     */
    JobOutcome run() {
        reigns.begin();
        tick();
        faults.schedule();
        if (scenario.noise().babble()) {
            babble();
        }
        long endNs = time.nowNs() + LONGEST_NS;
        while (outcome == null) {
            if (time.nowNs() > endNs) {
                throw new Violation("recovery of recovery", "no end after " + LONGEST_NS / 1_000_000_000L + " s");
            }
            time.next();
        }
        return outcome;
    }

    private void tick() {
        event(() -> new CoordinatorEvent.Tick(time.nowNs()));
        time.after(10 * MS, this::tick);
    }

    /** Of the nodes' agents. */
    void event(Supplier<CoordinatorEvent> arrival) {
        reigns.happens(arrival);
    }

    /** On a connection to the coordinator of this term. */
    void event(long term, Supplier<CoordinatorEvent> arrival) {
        reigns.happens(term, arrival);
    }

    boolean hasEnded() {
        return outcome != null;
    }

    /** The job's end has been decided: who is sound now? */
    void ending() {
        soundAtEnd = processes.stream().filter(SimulatedProcess::isSound).toList();
    }

    /** What a coordinator of the past decides has no effect beyond what it says, and that nobody should hear. */
    void carryOut(Decision decision, Reign reign, boolean ends) {
        invariants.actsOnRecord(reign);
        if (decision instanceof Decision.Send(MemberId to, CoordinatorMessage message)) {
            invariants.sent(reign, to, message);
            send(to, message, reign);
        } else if (reign.isLeading()) {
            if (!ends) {
                invariants.onlyTheCulprit(decision);
            }
            carryOut(decision);
        }
    }

    private void send(MemberId to, CoordinatorMessage message, Reign from) {
        if (message instanceof CoordinatorMessage.EpochStart start) {
            worlds.computeIfAbsent(start.epoch(), _ -> new ModelWorld(this, start.members()));
        }
        // Where a record is lost with its coordinator, a process may be known that was never started.
        if (byName.containsKey(to)) {
            if (message instanceof CoordinatorMessage.Dismissed) {
                process(to).dismiss();
            }
            process(to).allegiance().hear(message, from);
            if (message instanceof CoordinatorMessage.Probe && from.isLeading()) {
                look(process(to));
            }
        }
    }

    /** The agent, or another node's, looks at the process itself; what it saw may come late, or never. */
    private void look(SimulatedProcess process) {
        MemberId id = process.id();
        boolean here = chance.percent(70);
        if (here || chance.percent(90)) {
            time.after(here ? 0 : chance.between(100_000, 20 * MS), () -> {
                char state = !process.isAlive() ? '?' : process.isStopped() ? 'T' : 'S';
                event(() -> new CoordinatorEvent.ProcState(time.nowNs(), id, state));
            });
        }
    }

    private void carryOut(Decision decision) {
        switch (decision) {
            case Decision.Fence fence -> fence(fence.member());
            case Decision.Spawn spawn -> spawn(spawn.member());
            case Decision.Promote promote -> {
                if (byName.containsKey(promote.spare())) {
                    promote(process(promote.spare()), promote.place());
                }
            }
            case Decision.CommitDurable durable -> invariants.committed(durable);
            case Decision.End end -> {
                outcome = end.outcome();
                invariants.ended(outcome);
            }
            case Decision.Send _,
                    Decision.Record _,
                    Decision.Announce _,
                    Decision.ProgressMade _,
                    Decision.IncidentUpdated _,
                    Decision.ChangeUpdated _ -> {}
        }
    }

    private void fence(MemberId member) {
        if (byName.containsKey(member)) {
            ended(process(member), "was killed by signal 9", false);
        }
        time.after(chance.between(10_000, MS), () -> event(() -> new CoordinatorEvent.Fenced(time.nowNs(), member)));
    }

    private void spawn(MemberId id) {
        invariants.spawned(byName.containsKey(id), id);
        SimulatedProcess process = new SimulatedProcess(this, id);
        processes.add(process);
        byName.put(id, process);
        newest.put(id.launchRank(), process);
        boolean ofTheLaunch =
                id.incarnation() == 0 && id.launchRank() < scenario.spec().ranks();
        if (ofTheLaunch || faults.startsWell(process)) {
            process.start();
        }
    }

    private void promote(SimulatedProcess spare, MemberId place) {
        spare.rename(place);
        byName.put(place, spare);
        newest.put(place.launchRank(), spare);
    }

    void spawnFails(SimulatedProcess process) {
        int launchRank = process.id().launchRank();
        time.after(MS, () -> event(() -> new CoordinatorEvent.SpawnFailed(time.nowNs(), launchRank, "bad luck")));
    }

    /** The agent itself does not run for a while: its fault, and nobody else's. */
    void pauseAgent(long forNs) {
        trace.note("the agent pauses", "");
        reigns.pause(time.nowNs() + forNs);
    }

    /** Records of epochs long gone, and of epochs that never were. */
    private void babble() {
        List<SimulatedProcess> talkers =
                processes.stream().filter(SimulatedProcess::isSound).toList();
        if (!talkers.isEmpty()) {
            SimulatedProcess talker = talkers.get(chance.below(talkers.size()));
            long epoch = chance.percent(50) ? talker.forming() - 1 - chance.below(3) : 1_000 + chance.below(10);
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
            // A suspicion of the newest epoch is no rubbish, even while the next one is being formed.
            talker.send(stale[epoch < invariants.newestEpoch() || epoch >= 1_000 ? chance.below(7) : 2]);
        }
        time.after(chance.between(5 * MS, 60 * MS), this::babble);
    }

    /** A process ends: its records in flight still arrive; peers, child watch and socket notice in any order. */
    void ended(SimulatedProcess process, String how, boolean clean) {
        if (!process.isAlive()) {
            return;
        }
        int status = clean ? 0 : failure(how);
        process.end(how, status);
        time.after(
                chance.between(100_000, 12 * MS),
                () -> event(() -> new CoordinatorEvent.Exited(time.nowNs(), process.id(), how, status)));
        connectionEnded(process);
        if (!clean) {
            peersNotice(process);
        }
    }

    private static int failure(String how) {
        return how.contains("signal") ? 128 + 9 : 1;
    }

    void connectionEnded(SimulatedProcess process) {
        long term = process.allegiance().term();
        if (term > 0) {
            process.link()
                    .closed(() -> event(term, () -> new CoordinatorEvent.Disconnected(time.nowNs(), process.id())));
        }
    }

    private void peersNotice(SimulatedProcess dead) {
        ModelWorld world = worlds.get(dead.epoch());
        if (world == null) {
            return;
        }
        int rank = world.rank(dead);
        long epoch = dead.epoch();
        for (SimulatedProcess peer : world.members()) {
            if (chance.percent(70)) {
                peer.after(chance.between(100_000, 6 * MS), () -> {
                    if (peer.epoch() == epoch && peer.forming() == epoch) {
                        peer.suspect(Evidence.PEER_DEATH, rank);
                    }
                });
            }
        }
    }

    boolean diesAt(String point, SimulatedProcess process) {
        return faults.diesAt(point, process);
    }

    Chance chance() {
        return chance;
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

    Reigns reigns() {
        return reigns;
    }

    Faults faults() {
        return faults;
    }

    Invariants invariants() {
        return invariants;
    }

    Trace trace() {
        return trace;
    }

    SimulatedProcess process(MemberId id) {
        return byName.get(id);
    }

    /** The newest process of a launch rank; null if there never was one. */
    SimulatedProcess current(int launchRank) {
        return newest.get(launchRank);
    }

    Collection<SimulatedProcess> processes() {
        return processes;
    }

    ModelWorld world(long epoch) {
        return worlds.get(epoch);
    }

    List<SimulatedProcess> soundAtEnd() {
        return soundAtEnd;
    }

    int incidents() {
        return reigns.incidents().size();
    }

    List<Incident> history() {
        return reigns.incidents();
    }

    List<MembershipChange> changes() {
        return reigns.changes();
    }

    /** Replacements that did not live to the end: at most so many attempts beyond the incidents. */
    int failedReplacements() {
        long ended = processes.stream()
                .filter(process -> process.id().incarnation() > 0 && !soundAtEnd.contains(process))
                .count();
        return (int) ended + reigns.neverStarted();
    }
}
