/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.control.CoordinatorRecordCodec;
import dev.convoy.fault.control.ProtocolException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Drives a coordinator by hand in virtual time and remembers what it decided. */
final class Harness {
    static final long MS = 1_000_000L;

    final Coordinator coordinator;
    private final JobSpec spec;
    private final List<Decision> decisions = new ArrayList<>();
    private final Set<MemberId> beating = new HashSet<>();
    private long nowNs = 1_000 * MS;
    private long lastBeatNs;
    private long step;
    boolean fencesAnswered = true;

    Harness(JobSpec spec) {
        this(spec, new Coordinator(spec), 1_000 * MS);
    }

    private Harness(JobSpec spec, Coordinator coordinator, long nowNs) {
        this.spec = spec;
        this.coordinator = coordinator;
        this.nowNs = nowNs;
        decisions.addAll(coordinator.start(nowNs));
    }

    /** As {@link #running(JobSpec)}, with a coordinator that can be followed by another one. */
    static Harness recorded(JobSpec spec) {
        Harness harness = new Harness(spec, Coordinator.recorded(spec), 1_000 * MS);
        harness.form();
        harness.all(member -> harness.says(member, new RankMessage.Resumed(1, harness.nowNs)));
        return harness;
    }

    /** Processes have been started, and that is all. */
    static Harness unformed(JobSpec spec) {
        return new Harness(spec, Coordinator.recorded(spec), 1_000 * MS);
    }

    /** Another coordinator, with what this one has put on record last. */
    Harness successor() {
        return new Harness(spec, Coordinator.inherit(spec, onRecord()), nowNs + 3_000 * MS);
    }

    CoordinatorRecord onRecord() {
        byte[] stored = CoordinatorRecordCodec.encode(
                decided(Decision.Record.class).getLast().record());
        try {
            return CoordinatorRecordCodec.decode(stored);
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
    }

    /** A member that works in this epoch comes back. */
    void returns(MemberId member, long epoch) {
        returns(member, epoch, epoch);
    }

    /** A member comes back that has done a step of this epoch. */
    void returnsFromStep(MemberId member, long epoch) {
        returns(member, epoch);
        says(member, new RankMessage.Rebuilt(epoch, nowNs));
        says(member, new RankMessage.Restored(epoch, nowNs));
        says(member, new RankMessage.Resumed(epoch, nowNs));
    }

    void returns(MemberId member, long started, long revoked) {
        connect(member);
        says(member, new RankMessage.Standing(started, revoked, 7, 20 * MS));
    }

    static JobSpec spec(int ranks, RecoveryPolicy policy) {
        return new JobSpec(ranks, policy, 1, 16, 1_000 * MS, 5_000 * MS, null);
    }

    /** A shrinking job that has completed a step and committed the versions of steps 0 and 1. */
    static Harness running(int ranks) {
        return running(spec(ranks, RecoveryPolicy.SHRINK));
    }

    static Harness running(JobSpec spec) {
        Harness harness = new Harness(spec);
        harness.form();
        harness.all(member -> harness.says(member, new RankMessage.Resumed(1, harness.nowNs)));
        harness.forget();
        return harness;
    }

    static MemberId rank(int launchRank) {
        return new MemberId(launchRank, 0);
    }

    long nowNs() {
        return nowNs;
    }

    void form() {
        for (int rank = 0; rank < spec.ranks(); rank++) {
            connect(rank(rank));
        }
        List<MemberId> members = new ArrayList<>();
        for (int rank = 0; rank < spec.ranks(); rank++) {
            members.add(rank(rank));
        }
        members.forEach(member -> acknowledges(member, 1));
        ready(1);
    }

    /** Every member of the present epoch reports that it is rebuilt and restored. */
    void ready(long epoch) {
        all(member -> says(member, new RankMessage.Rebuilt(epoch, nowNs)));
        all(member -> says(member, new RankMessage.Restored(epoch, nowNs)));
    }

    void all(Consumer<MemberId> action) {
        coordinator.members().forEach(action);
    }

    void connect(MemberId member) {
        beating.add(member);
        on(new CoordinatorEvent.Connected(nowNs, member, 100 + member.launchRank()));
    }

    void says(MemberId member, RankMessage message) {
        on(new CoordinatorEvent.Received(nowNs, member, message));
    }

    /** With nothing in memory. */
    void acknowledges(MemberId member, long epoch) {
        acknowledges(member, epoch, 0, null);
    }

    void acknowledges(MemberId member, long epoch, long step, Version committed, Holding... inventory) {
        boolean asked = sent(member, CoordinatorMessage.Revoke.class)
                .map(CoordinatorMessage.Revoke::makeUniqueId)
                .orElse(false);
        byte[] uniqueId = asked ? new byte[] {(byte) member.launchRank(), 42} : new byte[0];
        says(member, new RankMessage.Aborted(epoch, nowNs, step, List.of(inventory), committed, uniqueId));
    }

    /** As a rank of a world of this size would: its group's shards of one version of epoch 1. */
    void acknowledgesHolding(MemberId member, long epoch, int worldSize, long heldStep) {
        Version version = new Version(1, heldStep);
        int[] shards = GroupPlacement.of(worldSize).shardsHeldBy(member.launchRank());
        acknowledges(member, epoch, heldStep, version, new Holding(version, worldSize, shards, true));
    }

    void exits(MemberId member, String how, boolean clean) {
        exits(member, how, clean ? 0 : 1);
    }

    private void exits(MemberId member, String how, int status) {
        beating.remove(member);
        on(new CoordinatorEvent.Exited(nowNs, member, how, status));
    }

    void dies(MemberId member) {
        exits(member, "was killed by signal 9", 128 + 9);
    }

    void falls(MemberId silent) {
        beating.remove(silent);
    }

    void suspects(MemberId reporter, long epoch, Evidence evidence, int... ranks) {
        says(reporter, new RankMessage.Suspect(epoch, evidence, ranks, nowNs, "it broke", 0, 0));
    }

    /** From now on heartbeats of epoch 1 say so. */
    void inStep(long step) {
        this.step = step;
    }

    void probed(MemberId member, long epoch, long enqueued) {
        says(member, new RankMessage.Probed(epoch, 1, enqueued, 0));
    }

    /** Time passes in ticks, with heartbeats of everybody that has not fallen silent. */
    void advance(long millis) {
        long endNs = nowNs + millis * MS;
        while (nowNs < endNs) {
            nowNs += 10 * MS;
            if (nowNs - lastBeatNs >= 100 * MS) {
                lastBeatNs = nowNs;
                List.copyOf(beating)
                        .forEach(member -> says(member, new RankMessage.Heartbeat(step == 0 ? 0 : 1, step, 0, 0)));
            }
            on(new CoordinatorEvent.Tick(nowNs));
        }
    }

    void on(CoordinatorEvent event) {
        List<Decision> taken = coordinator.on(event);
        decisions.addAll(taken);
        for (Decision decision : taken) {
            if (decision instanceof Decision.Fence fence && fencesAnswered) {
                beating.remove(fence.member());
                on(new CoordinatorEvent.Fenced(nowNs, fence.member()));
            }
        }
    }

    void forget() {
        decisions.clear();
    }

    List<Decision> decisions() {
        return List.copyOf(decisions);
    }

    <D extends Decision> List<D> decided(Class<D> kind) {
        return decisions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<MemberId> fenced() {
        return decided(Decision.Fence.class).stream()
                .map(Decision.Fence::member)
                .toList();
    }

    List<MemberId> spawned() {
        return decided(Decision.Spawn.class).stream()
                .map(Decision.Spawn::member)
                .toList();
    }

    /** The last one of a kind that went to a member. */
    <M extends CoordinatorMessage> Optional<M> sent(MemberId member, Class<M> kind) {
        return decided(Decision.Send.class).stream()
                .filter(send -> send.member().equals(member) && kind.isInstance(send.message()))
                .map(send -> kind.cast(send.message()))
                .reduce((first, second) -> second);
    }

    CoordinatorMessage.EpochStart epochStart(MemberId member) {
        return sent(member, CoordinatorMessage.EpochStart.class).orElseThrow();
    }

    boolean published(long epoch) {
        return coordinator.epoch() == epoch;
    }

    JobOutcome outcome() {
        return decided(Decision.End.class).getFirst().outcome();
    }

    boolean hasEnded() {
        return !decided(Decision.End.class).isEmpty();
    }

    Incident incident() {
        return coordinator.incidents().getLast();
    }
}
