/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.FailureDomains;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.ParityPlacement;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The invariants by name; every check looks at the model's truth, not at what the coordinator believes. */
final class Invariants {
    private static final long NONE = 0;

    private final Simulation simulation;
    private final Map<Long, CoordinatorMessage.EpochStart> published = new HashMap<>();
    private final Map<Version, BitSet> onDisk = new HashMap<>();
    private final Set<Version> replicatedOnDisk = new HashSet<>();
    private final Set<MemberId> everMembers = new HashSet<>();
    private long newestEpoch;
    private boolean released;
    // The epoch whose members all worked when another coordinator took over.
    private long unstoppable = NONE;

    Invariants(Simulation simulation) {
        this.simulation = simulation;
    }

    /** Another coordinator leads from now on. */
    void tookOver(long term) {
        boolean allAtWork = published.containsKey(newestEpoch)
                && published.get(newestEpoch).members().stream()
                        .map(simulation::process)
                        .allMatch(process -> process.isAlive()
                                && process.epoch() == newestEpoch
                                && process.forming() == newestEpoch);
        unstoppable = term > 1 && simulation.scenario().losesCoordinatorsOnly() && allAtWork ? newestEpoch : NONE;
    }

    /** A rank does what a coordinator says. */
    void heeds(SimulatedProcess process, long newestTerm, long term) {
        require(term >= newestTerm, "term fencing", process.id() + " heeds term " + term + " after " + newestTerm);
    }

    void actsOnRecord(Reign reign) {
        require(
                !reign.wasRefused(),
                "term fencing",
                "term " + reign.term() + " goes on although its record is refused");
    }

    void spawned(boolean known, MemberId id) {
        require(!known, "identities are unique", id + " is started twice");
    }

    void sent(Reign by, MemberId to, CoordinatorMessage message) {
        switch (message) {
            case CoordinatorMessage.Revoke revoke ->
                require(
                        unstoppable == NONE || !by.isLeading(),
                        "nobody is stopped without need",
                        to + " is revoked although all members of epoch " + unstoppable + " worked");
            case CoordinatorMessage.EpochStart start -> {
                require(by.isLeading(), "term fencing", "epoch " + start.epoch() + " of a coordinator of the past");
                if (published.putIfAbsent(start.epoch(), start) == null) {
                    first(start);
                }
                agreement(to, start);
                minorityNeverProceeds(to, start);
            }
            case CoordinatorMessage.Release release -> released = true;
            default -> {}
        }
    }

    private void agreement(MemberId to, CoordinatorMessage.EpochStart start) {
        require(
                published.get(start.epoch()).equals(start),
                "agreement",
                "epoch " + start.epoch() + " differs between members");
        require(start.members().contains(to), "agreement", "sent to a stranger");
        require(start.epoch() == newestEpoch, "agreement", "epochs go back");
    }

    /** The first of the equal records that publish an epoch. */
    private void first(CoordinatorMessage.EpochStart start) {
        String invariant = "agreement";
        require(start.epoch() > newestEpoch, invariant, "epochs go back");
        newestEpoch = start.epoch();
        everMembers.addAll(start.members());
        ByteBuffer id = ByteBuffer.wrap(start.uniqueId());
        require(id.remaining() == 16, invariant, "no unique id");
        MemberId maker = new MemberId(id.getInt(), id.getInt());
        require(start.members().contains(maker), invariant, "the unique id was made by an outsider");
        require(id.getLong() == start.epoch(), invariant, "the unique id belongs to another epoch");
        epochFencing(start);
        restorable(start);
        newest(start);
    }

    long newestEpoch() {
        return newestEpoch;
    }

    private void epochFencing(CoordinatorMessage.EpochStart start) {
        for (SimulatedProcess process : simulation.processes()) {
            boolean excluded = everMembers.contains(process.id())
                    && !start.members().contains(process.id())
                    && !process.isDismissed();
            require(!excluded || !process.isAlive(), "epoch fencing", process.id() + " could still act");
        }
    }

    private void restorable(CoordinatorMessage.EpochStart start) {
        RestorePlan plan = start.plan();
        for (int shard = 0; shard < plan.shardCount(); shard++) {
            int source = plan.shardSource()[shard];
            if (source < 0) {
                Object[] slots = start.members().stream()
                        .map(member -> simulation.process(member).memory().find(plan.version()))
                        .toArray();
                computed(slots, plan, shard);
                continue;
            }
            ModelMemory.Slot slot = slot(start, source);
            require(
                    slot != null && slot.shard(shard) != null,
                    "restorable",
                    "shard " + shard + " is not at its source");
        }
        if (!plan.isInitial()) {
            require(
                    slot(start, plan.replicatedSource()) != null,
                    "restorable",
                    "replicated state is not at its source");
        }
    }

    private ModelMemory.Slot slot(CoordinatorMessage.EpochStart start, int rank) {
        return simulation
                .process(start.members().get(rank))
                .memory()
                .find(start.plan().version());
    }

    /** Nothing that the members offered and that covers every shard is newer than what is restored. */
    private void newest(CoordinatorMessage.EpochStart start) {
        Map<MemberId, List<Holding>> offered = new HashMap<>();
        start.members()
                .forEach(
                        member -> offered.put(member, simulation.process(member).offered()));
        Optional<Version> best = coverable(offered);
        require(
                best.isEmpty() || best.get().equals(start.plan().version()),
                "no step is lost",
                "restores " + start.plan().version() + " although members offer all of " + best.orElse(null));
    }

    private void minorityNeverProceeds(MemberId to, CoordinatorMessage.EpochStart start) {
        SimulatedProcess process = simulation.process(to);
        require(
                !process.isAlive() || process.forming() == start.epoch(),
                "minority never proceeds",
                to + " had not left epoch " + process.epoch());
    }

    /** An operation of an epoch ends at somebody. */
    void worked(long epoch) {
        require(
                epoch == newestEpoch,
                "minority never proceeds",
                "an operation of epoch " + epoch + " ended after epoch " + newestEpoch + " had begun");
    }

    /** Whoever is ended before the job is had something happen to it. */
    void onlyTheCulprit(Decision decision) {
        // One that had no place yet may simply not be needed any more, and one that leaves is on its way out.
        if (decision instanceof Decision.Fence fence && everMembers.contains(fence.member())) {
            SimulatedProcess process = simulation.process(fence.member());
            require(
                    process.isDisturbed() || process.isDismissed(),
                    "only the culprit",
                    fence.member() + " is excluded, to whom nothing had happened");
        }
    }

    long[] served(ModelMemory.Slot source, RestorePlan plan, int shard) {
        require(source != null && source.shard(shard) != null, "restorable", "shard " + shard + " was not served");
        long[] content = source.shard(shard);
        int offset = ModelState.from(shard, plan.shardCount());
        require(ModelState.isShard(content, offset, plan.step()), "no torn snapshot", "shard " + shard + " is wrong");
        return content;
    }

    /** A shard that nobody holds, from what is left of its group. */
    long[] computed(Object[] slots, RestorePlan plan, int shard) {
        long[] content = ModelDecoding.content(slots, plan, shard);
        require(content != null, "restorable", "shard " + shard + " does not follow from what is left of its group");
        int offset = ModelState.from(shard, plan.shardCount());
        require(ModelState.isShard(content, offset, plan.step()), "no torn snapshot", "shard " + shard + " is wrong");
        return content;
    }

    void restored(SimulatedProcess process, RestorePlan plan) {
        state(process, plan.step(), "restored");
    }

    void finished(SimulatedProcess process) {
        int steps = simulation.scenario().steps();
        require(process.training().step() == steps, "exactly once", process.id() + " was released before its end");
        state(process, steps, "final");
    }

    private void state(SimulatedProcess process, long steps, String which) {
        ModelTraining training = process.training();
        require(
                ModelState.isShard(training.shard(), training.offset(), steps),
                "nothing corrupt survives",
                which + " state of " + process.id());
        require(
                ModelState.isExactlyOnce(training.ledger(), steps),
                "exactly once",
                which + " ledger of " + process.id());
    }

    void persisted(ModelMemory.Slot slot, CoordinatorMessage.Persist request) {
        require(slot != null, "restorable", "asked to persist what is not there");
        BitSet shards = onDisk.computeIfAbsent(request.version(), v -> new BitSet());
        for (int shard : request.shards()) {
            require(slot.shard(shard) != null, "restorable", "asked to persist a shard that is not there");
            shards.set(shard);
        }
        if (request.replicated()) {
            replicatedOnDisk.add(request.version());
        }
    }

    void committed(Decision.CommitDurable durable) {
        BitSet shards = onDisk.getOrDefault(durable.version(), new BitSet());
        require(shards.cardinality() == durable.shardCount(), "durable versions are whole", "shards are missing");
        require(
                replicatedOnDisk.contains(durable.version()),
                "durable versions are whole",
                "replicated state is missing");
    }

    void ended(JobOutcome outcome) {
        for (SimulatedProcess process : simulation.processes()) {
            require(!process.isAlive(), "nothing leaks", process.id() + " outlives the job");
        }
        if (outcome.success()) {
            require(released, "exactly once", "succeeded without releasing anybody");
        } else {
            require(
                    simulation.faults().done() + simulation.faults().coordinators() > 0,
                    "no false alarm",
                    "failed undisturbed: " + outcome.message());
            require(isJustified(outcome.message()), "does not give up without need", outcome.message());
        }
        int limit = simulation.scenario().spec().maxRecoveries() + 1;
        require(simulation.incidents() <= limit, "recovery of recovery", "more recoveries than allowed");
        simulation.history().forEach(Invariants::phasesInOrder);
    }

    private static void phasesInOrder(Incident incident) {
        Long[] stamps = {
            incident.faultAtNs(),
            incident.detectedAtNs(),
            incident.abortedAtNs(),
            incident.agreedAtNs(),
            incident.rebuiltAtNs(),
            incident.restoredAtNs(),
            incident.resumedAtNs()
        };
        for (int i = 1; i < stamps.length; i++) {
            boolean inOrder = stamps[i] == null || stamps[i - 1] != null && stamps[i] >= stamps[i - 1];
            require(inOrder, "phases in order", "phase " + i + " of " + incident);
        }
    }

    /** Called with the processes as they were when the end was decided. */
    private boolean isJustified(String message) {
        int recoveries = simulation.incidents() + simulation.failedReplacements();
        List<SimulatedProcess> sound = simulation.soundAtEnd();
        if (message.contains("--max-recoveries")) {
            return recoveries > simulation.scenario().spec().maxRecoveries();
        }
        if (message.contains("--min-ranks")) {
            return membersAlive() < simulation.scenario().spec().minRanks();
        }
        if (message.contains("cannot be restored") || message.contains("before the first step was done")) {
            Map<MemberId, List<Holding>> memories = new HashMap<>();
            sound.stream()
                    .filter(process -> !process.isDismissed())
                    .forEach(process ->
                            memories.put(process.id(), process.memory().sound()));
            return coverable(memories).isEmpty();
        }
        if (message.contains("every rank was lost")) {
            return membersAlive() == 0;
        }
        if (message.contains("after all steps were done")) {
            // Where nobody led for long enough the ranks have ended by themselves.
            return released || simulation.faults().coordinators() > 0;
        }
        // What remains is a group that never worked: a rank was lost before there was one, or the program failed.
        return newestEpoch == 0
                || sound.isEmpty()
                || message.contains("could not be formed")
                || message.contains("before the group was formed")
                        && simulation.faults().ofPrograms() > 0;
    }

    private long membersAlive() {
        return simulation.soundAtEnd().stream()
                .filter(process -> everMembers.contains(process.id()) && !process.isDismissed())
                .count();
    }

    /** The newest version of which every shard is in these memories, or follows from what is. */
    private Optional<Version> coverable(Map<MemberId, List<Holding>> memories) {
        return memories.values().stream()
                .flatMap(List::stream)
                .map(Holding::version)
                .distinct()
                .filter(version -> isCovered(version, memories))
                .max(Version::compareTo);
    }

    private boolean isCovered(Version version, Map<MemberId, List<Holding>> memories) {
        List<MemberId> former = published.get(version.epoch()).members();
        BitSet shards = new BitSet();
        BitSet keepers = new BitSet();
        memories.forEach((member, holdings) -> holdings.stream()
                .filter(holding -> holding.version().equals(version))
                .forEach(holding -> {
                    Arrays.stream(holding.shards()).forEach(shards::set);
                    boolean keeps = holding.parity() != null && holding.parity().indices().length > 0;
                    if (keeps && former.contains(member)) {
                        keepers.set(former.indexOf(member));
                    }
                }));
        return shards.cardinality() == former.size()
                || simulation.scenario().redundancy() instanceof Redundancy.Parity code
                        && follows(former.size(), code, shards, keepers);
    }

    /** Whether each stripe of a missing shard has as much left as a shard has pieces. */
    private static boolean follows(int worldSize, Redundancy.Parity code, BitSet shards, BitSet keepers) {
        ParityPlacement placement = new ParityPlacement(worldSize, code, FailureDomains.ONE);
        boolean follows = true;
        for (int missing = 0; missing < worldSize; missing++) {
            Optional<ParityRing> ring = placement.ring(missing);
            for (int piece = 0;
                    !shards.get(missing)
                            && ring.isPresent()
                            && piece < ring.get().data();
                    piece++) {
                int stripe = ring.get().stripeOfData(ring.get().placeOf(missing), piece);
                follows &=
                        left(ring.get(), stripe, shards, keepers) >= ring.get().data();
            }
            follows &= shards.get(missing) || ring.isPresent();
        }
        return follows;
    }

    private static int left(ParityRing ring, int stripe, BitSet shards, BitSet keepers) {
        int left = 0;
        for (int i = 0; i < ring.data(); i++) {
            left += shards.get(ring.member(ring.dataPlace(stripe, i))) ? 1 : 0;
        }
        for (int i = 0; i < ring.parity(); i++) {
            left += keepers.get(ring.member(ring.parityPlace(stripe, i))) ? 1 : 0;
        }
        return left;
    }

    private static void require(boolean holds, String invariant, String detail) {
        if (!holds) {
            throw new Violation(invariant, detail);
        }
    }
}
