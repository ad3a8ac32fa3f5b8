/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.Version;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A job of ranks that do not exist, one of which is lost, played through a coordinator that is thrown away. It is done
 * while the real ranks start, so that the real coordinator's first recovery finds its classes loaded: cold, they cost
 * every survivor some 20 ms.
 */
final class Rehearsal {
    private static final int RANKS = 4;
    private static final int LOST = 2;
    private static final MemberId GONE = new MemberId(LOST, 0);
    private static final int UNIQUE_ID_BYTES = 128;
    private static final long STEP = 1;
    private static final int KILLED = 128 + 9;

    private final long nowNs;
    private final Coordinator coordinator;
    private final Queue<CoordinatorEvent> events = new ArrayDeque<>();

    private Rehearsal(RecoveryPolicy policy, long nowNs) {
        this.nowNs = nowNs;
        coordinator =
                new Coordinator(new JobSpec(RANKS, policy, 1, 1, JobSpec.START_BOUND_NS, JobSpec.START_BOUND_NS, null));
    }

    /**
     * Plays a death under each policy, with what follows where the group grows again, and a stopped rank.
     *
     * @param nowNs CLOCK_MONOTONIC nanoseconds
     * @return how many epochs stood in the end; 9 if all jobs recovered and one grew again
     */
    static long play(long nowNs) {
        playAnEnd();
        long epochs = 0;
        for (RecoveryPolicy policy : RecoveryPolicy.values()) {
            epochs += new Rehearsal(policy, nowNs).playOne("kill", Evidence.PEER_DEATH, LOST);
        }
        return epochs + new Rehearsal(RecoveryPolicy.SHRINK, nowNs).playOne("stop", Evidence.DEADLINE);
    }

    // It is told while the survivors want the CPU.
    private static void playAnEnd() {
        RankEvents nobodyListens = new RankEvents(new EventQueue());
        nobodyListens.ended(GONE, KILLED);
        nobodyListens.disconnected(GONE);
    }

    private long playOne(String fault, Evidence evidence, int... seenDead) {
        long epoch = play(coordinator.start(nowNs));
        // Twice, as a rank does.
        says(GONE, new RankMessage.FaultFired(fault + ":" + LOST + "@" + STEP, nowNs));
        says(GONE, new RankMessage.FaultFired(fault + ":" + LOST + "@" + STEP, nowNs));
        // The second report comes in when the first is being acted upon.
        for (int witness = 0; witness < 2; witness++) {
            says(
                    new MemberId(witness, 0),
                    new RankMessage.Suspect(epoch, evidence, seenDead, nowNs, "rehearsed", STEP, STEP));
        }
        epoch = Math.max(epoch, play(List.of()));
        events.add(new CoordinatorEvent.Disconnected(nowNs, GONE));
        events.add(new CoordinatorEvent.Exited(nowNs, GONE, ExitText.of(KILLED), KILLED));
        epoch = Math.max(epoch, play(List.of()));
        // Where the group grows again: the candidate is started, then taken in.
        for (int tick = 0; tick < 2; tick++) {
            epoch = Math.max(epoch, play(coordinator.on(new CoordinatorEvent.Tick(nowNs))));
        }
        return epoch;
    }

    /** Answers all decisions, and those that the answers lead to; returns the last epoch that resumed. */
    private long play(List<Decision> first) {
        long epoch = 0;
        List<Decision> decisions = first;
        while (true) {
            for (Decision decision : decisions) {
                epoch = Math.max(epoch, answer(decision));
            }
            CoordinatorEvent next = events.poll();
            if (next == null) {
                return epoch;
            }
            decisions = coordinator.on(next);
        }
    }

    private long answer(Decision decision) {
        switch (decision) {
            case Decision.Spawn(MemberId member, int _) -> events.add(new CoordinatorEvent.Connected(nowNs, member, 1));
            case Decision.Fence(MemberId member) -> events.add(new CoordinatorEvent.Fenced(nowNs, member));
            case Decision.Send(MemberId member, CoordinatorMessage.Revoke revoke) -> says(member, aborted(revoke));
            case Decision.Send(MemberId member, CoordinatorMessage.Probe _)
            when member.equals(GONE) -> events.add(new CoordinatorEvent.ProcState(nowNs, GONE, 'T'));
            case Decision.Send(MemberId member, CoordinatorMessage.Probe probe) ->
                says(member, new RankMessage.Probed(probe.epoch(), STEP, STEP, 0));
            case Decision.Send(MemberId member, CoordinatorMessage.Quiesce quiesce) ->
                says(member, new RankMessage.Quiesced(quiesce.epoch(), STEP, nowNs));
            case Decision.Send(MemberId member, CoordinatorMessage.EpochStart start) -> {
                says(member, new RankMessage.Rebuilt(start.epoch(), nowNs));
                says(member, new RankMessage.Restored(start.epoch(), nowNs));
                says(member, new RankMessage.Resumed(start.epoch(), nowNs));
                return start.epoch();
            }
            default -> {}
        }
        return 0;
    }

    /** After the first epoch every rank holds the whole state, so that any of them can be lost. */
    private RankMessage.Aborted aborted(CoordinatorMessage.Revoke revoke) {
        Version version = new Version(1, STEP);
        boolean first = revoke.epoch() == 1;
        return new RankMessage.Aborted(
                revoke.epoch(),
                nowNs,
                first ? 0 : STEP,
                first ? List.of() : List.of(new Holding(version, RANKS, new int[] {0, 1, 2, 3}, true)),
                first ? null : version,
                revoke.makeUniqueId() ? new byte[UNIQUE_ID_BYTES] : new byte[0]);
    }

    private void says(MemberId member, RankMessage message) {
        events.add(new CoordinatorEvent.Received(nowNs, member, message));
    }
}
