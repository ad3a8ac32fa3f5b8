/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Decision.Announce;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.watch.RankView.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What has happened in a job, in bounded memory. The event thread writes, others read through {@link #read}; nobody
 * holds the lock for longer than it takes to look.
 */
final class JobHistory {
    private static final int MOST = 500;

    private final TreeMap<MemberId, RankView> ranks = new TreeMap<>();
    private final List<Epoch> epochs = new ArrayList<>();
    private final TreeMap<Long, Incident> incidents = new TreeMap<>();
    private final TreeMap<Long, MembershipChange> changes = new TreeMap<>();
    private final Map<Long, String> diagnoses = new TreeMap<>();
    private final List<News> news = new ArrayList<>();
    private final RateSeries rate = new RateSeries();
    private final int launched;
    private final long beganNs;
    private final long beganAtMs = System.currentTimeMillis();
    private JobListener.Progress progress;
    private JobResult result;
    private long endedNs;
    private int warnings;
    private long vetoedSteps;

    /** An epoch's members, in rank order. */
    record Epoch(long epoch, long atNs, List<MemberId> members) {}

    /** Something that was announced. */
    record News(long atNs, Announce.Kind kind, String text) {}

    /** What a reader sees; valid within {@link JobHistory#read} only. */
    final class View {
        private final long nowNs;

        private View(long nowNs) {
            this.nowNs = nowNs;
        }

        /** Now, or when the job ended. */
        long nowNs() {
            return nowNs;
        }

        long beganNs() {
            return beganNs;
        }

        long beganAtMs() {
            return beganAtMs;
        }

        List<RankView> ranks() {
            return List.copyOf(ranks.values());
        }

        List<Epoch> epochs() {
            return epochs;
        }

        long epoch() {
            return epochs.isEmpty() ? 0 : epochs.getLast().epoch();
        }

        int worldSize() {
            return epochs.isEmpty() ? 0 : epochs.getLast().members().size();
        }

        long step() {
            return presentStep();
        }

        List<Incident> incidents() {
            return result == null ? List.copyOf(incidents.values()) : result.incidents();
        }

        List<MembershipChange> changes() {
            return List.copyOf(changes.values());
        }

        String diagnosis(Incident incident) {
            return result == null ? diagnoses.get(incident.epoch()) : result.diagnosis(incident);
        }

        List<News> news() {
            return news;
        }

        RateSeries rate() {
            return rate;
        }

        /** Null before the first. */
        JobListener.Progress progress() {
            return progress;
        }

        /** Null while it runs. */
        JobResult result() {
            return result;
        }

        /** Of the kept steps; after a roll-back, until the next veto, those that were rolled back as well. */
        long vetoedSteps() {
            return result == null
                    ? vetoedSteps
                    : result.summary().map(RunSummary::vetoedSteps).orElse(vetoedSteps);
        }

        int warnings() {
            return warnings;
        }

        Coverage coverage() {
            return Coverage.of(ranks.values());
        }
    }

    JobHistory(int ranks, long nowNs) {
        launched = ranks;
        beganNs = nowNs;
        for (int launchRank = 0; launchRank < ranks; launchRank++) {
            view(new MemberId(launchRank, 0));
        }
    }

    synchronized <T> T read(Function<View, T> reader) {
        return reader.apply(new View(endedNs == 0 ? System.nanoTime() : endedNs));
    }

    private RankView view(MemberId member) {
        return ranks.computeIfAbsent(member, RankView::new);
    }

    synchronized void seen(CoordinatorEvent event) {
        switch (event) {
            case CoordinatorEvent.Connected(long nowNs, MemberId member, long pid) -> {
                RankView view = view(member);
                view.pid = pid;
                view.state =
                        member.launchRank() >= launched && view.state == State.STARTING ? State.RESERVE : view.state;
                view.heardNs = nowNs;
            }
            case CoordinatorEvent.Received(long nowNs, MemberId member, RankMessage message) ->
                received(view(member), message, nowNs);
            case CoordinatorEvent.Exited(long _, MemberId member, String how, int status) -> {
                RankView view = view(member);
                view.state = view.state == State.FINISHED && status == 0 ? State.FINISHED : State.LOST;
                view.end = how;
            }
            default -> {}
        }
    }

    private void received(RankView view, RankMessage message, long nowNs) {
        view.heardNs = nowNs;
        switch (message) {
            case RankMessage.Heartbeat heartbeat -> {
                view.suspicion.heartbeat(nowNs);
                view.epoch = heartbeat.epoch();
                view.step = heartbeat.step();
                view.enqueued = heartbeat.enqueued();
                view.completed = heartbeat.completed();
                if (rate.isDue(nowNs)) {
                    rate.reached(presentStep(), nowNs);
                }
            }
            case RankMessage.Vetoed vetoed -> vetoedSteps = vetoed.total();
            case RankMessage.Snapshots snapshots -> view.snapshots = snapshots;
            case RankMessage.Finished _ -> view.state = State.FINISHED;
            default -> {}
        }
    }

    private long presentStep() {
        return ranks.values().stream()
                .filter(view -> view.state != State.LOST)
                .mapToLong(view -> view.step)
                .max()
                .orElse(0);
    }

    synchronized void epochStarted(long epoch, List<MemberId> members, long nowNs) {
        epochs.add(new Epoch(epoch, nowNs, List.copyOf(members)));
        trim(epochs);
        ranks.values().forEach(view -> view.rank = -1);
        for (int rank = 0; rank < members.size(); rank++) {
            RankView view = view(members.get(rank));
            view.rank = rank;
            if (view.isLive()) {
                view.state = State.WORKING;
            }
        }
        for (RankView view : ranks.values()) {
            if (view.rank < 0 && view.isLive() && view.epoch > 0) {
                view.state = State.LOST;
            }
        }
    }

    synchronized void incident(Incident incident) {
        boolean isNew = incidents.put(incident.epoch(), incident) == null;
        if (incidents.size() > MOST) {
            incidents.pollFirstEntry();
        }
        if (incident.restoredStep() != null) {
            rate.wentBackTo(incident.restoredStep());
        }
        for (RankView view : ranks.values()) {
            // Whoever has damaged memory may stay; if it does not, the next epoch begins without it.
            boolean isLost = incident.cause() != Incident.Cause.CORRUPTION
                    && incident.ranks().contains(view.member.launchRank())
                    && view.epoch < incident.epoch();
            if (view.isLive() && isLost && view.rank >= 0) {
                view.state = State.LOST;
            } else if (isNew && view.state == State.WORKING && incident.resumedAtNs() == null) {
                view.state = State.RECOVERING;
            } else if (view.state == State.RECOVERING && incident.resumedAtNs() != null) {
                view.state = State.WORKING;
            }
        }
    }

    synchronized void changed(MembershipChange change) {
        changes.put(change.epoch(), change);
        if (changes.size() > MOST) {
            changes.pollFirstEntry();
        }
        for (RankView view : ranks.values()) {
            // A planned leave is no loss; who joins comes with the epoch.
            if (change.left().contains(view.member.launchRank()) && view.epoch < change.epoch() && view.isLive()) {
                view.state = State.FINISHED;
            }
        }
    }

    synchronized void promoted(MemberId spare, MemberId place) {
        RankView view = ranks.remove(spare);
        if (view != null) {
            ranks.put(place, view.as(place));
        }
    }

    synchronized void diagnosed(long epoch, String sentence) {
        diagnoses.put(epoch, sentence);
    }

    synchronized void progress(JobListener.Progress latest) {
        progress = latest;
    }

    synchronized void announced(Announce.Kind kind, String text, long nowNs) {
        warnings += kind == Announce.Kind.WARNING ? 1 : 0;
        news.add(new News(nowNs, kind, text));
        trim(news);
    }

    synchronized void ended(JobResult how, long nowNs) {
        result = how;
        endedNs = nowNs;
    }

    private static void trim(List<?> list) {
        if (list.size() > MOST) {
            list.removeFirst();
        }
    }
}
