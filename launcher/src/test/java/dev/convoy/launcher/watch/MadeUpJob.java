/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Decision.Announce;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.Version;
import java.util.ArrayList;
import java.util.List;

/** A job's history without a job: ten steps a second on a clock of its own, pairs that keep each other's shards. */
final class MadeUpJob {
    private static final long STEP_NS = 100_000_000;

    private final List<MemberId> members = new ArrayList<>();
    private final JobHistory history;
    private final int ranks;
    private long nowNs = System.nanoTime();
    private long epoch;

    MadeUpJob(int ranks) {
        this.ranks = ranks;
        history = new JobHistory(ranks, nowNs);
        for (int rank = 0; rank < ranks; rank++) {
            members.add(new MemberId(rank, 0));
        }
    }

    JobHistory history() {
        return history;
    }

    void form() {
        for (MemberId member : members) {
            history.seen(new CoordinatorEvent.Connected(nowNs, member, 100 + member.launchRank()));
        }
        epoch = 1;
        history.epochStarted(epoch, members, nowNs);
        history.announced(Announce.Kind.FORMED, members.size() + " ranks are ready", nowNs);
    }

    void run(long step) {
        nowNs += STEP_NS;
        for (MemberId member : members) {
            history.seen(new CoordinatorEvent.Received(
                    nowNs, member, new RankMessage.Heartbeat(epoch, step, 3 * step, 3 * step)));
        }
    }

    void veto(long step, long total) {
        RankMessage.Vetoed vetoed = new RankMessage.Vetoed(epoch, step, total, new int[] {1}, "it has an infinity");
        history.seen(new CoordinatorEvent.Received(nowNs, members.getFirst(), vetoed));
    }

    void snapshots(long step) {
        for (MemberId member : members) {
            int own = member.launchRank();
            Holding holding = new Holding(new Version(epoch, step), ranks, new int[] {own, own ^ 1}, true);
            history.seen(new CoordinatorEvent.Received(
                    nowNs, member, new RankMessage.Snapshots(holding, 1_000, 1_200, step, 300_000, nowNs, 4)));
        }
    }

    /** The loss is seen, and nothing is done about it yet. */
    void beginLoss(int rank) {
        history.incident(incident(rank, null));
    }

    void lose(int rank) {
        beginLoss(rank);
        history.seen(new CoordinatorEvent.Exited(nowNs, new MemberId(rank, 0), "was killed by SIGKILL", 137));
        history.announced(Announce.Kind.LOSS, "rank " + rank + " was killed by SIGKILL", nowNs);
        members.remove(new MemberId(rank, 0));
        Incident over = incident(rank, nowNs + 19_000_000);
        epoch++;
        history.epochStarted(epoch, members, nowNs);
        history.incident(over);
        history.diagnosed(epoch, "rank " + rank + " died");
    }

    private Incident incident(int rank, Long resumedAtNs) {
        return new Incident(
                epoch + 1,
                Incident.Cause.EXIT,
                List.of(rank),
                Incident.DetectedBy.PEER_DEATH,
                nowNs,
                nowNs + 1_000_000,
                nowNs + 3_000_000,
                nowNs + 4_000_000,
                nowNs + 9_000_000,
                nowNs + 12_000_000,
                resumedAtNs,
                5L,
                0L,
                RecoveryPolicy.SHRINK,
                ranks - 1);
    }
}
