/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Decision.Announce;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.Watching;
import dev.convoy.launcher.report.ReportFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Everything that watches a job: explains its incidents, keeps their flight records, shows the page. It listens in the
 * place of the job's own listener and passes on what that shall hear.
 *
 * <p>Used by the event thread; what is slow is done by others.
 */
public final class JobWatch implements JobListener, AutoCloseable {
    private final JobListener listener;
    private final FlightDesk flights = new FlightDesk(this::explained);
    private final Map<Long, String> diagnoses = new TreeMap<>();
    /** Null where nobody asks for the page or its data. */
    private final JobHistory history;

    private final WatchServer server;
    private final ReportFile htmlFile;
    private final StateJson state;
    private final FlightKeeping records;
    /** Present names of processes that had another one in the reserve. */
    private final Map<MemberId, MemberId> promoted = new HashMap<>();

    private JobWatch(
            JobListener listener,
            FlightKeeping records,
            JobHistory history,
            StateJson state,
            WatchServer server,
            ReportFile htmlFile) {
        this.records = records;
        this.listener = listener;
        this.history = history;
        this.state = state;
        this.server = server;
        this.htmlFile = htmlFile;
    }

    /**
     * Begins to watch; opens the port if there shall be one.
     *
     * @param request the job
     * @param runtime runtime of its ranks
     * @param listener the job's own
     * @param flightFolder existing folder for every incident's flight record; empty to keep those of a job that fails
     * @param warnings told, on any thread, of what could not be written
     * @return the watch, to be closed
     * @throws dev.convoy.launcher.UsageException if the port or the page's file cannot be had
     */
    public static JobWatch open(
            JobRequest request,
            String runtime,
            JobListener listener,
            Optional<Path> flightFolder,
            Consumer<String> warnings) {
        FlightKeeping records = new FlightKeeping(flightFolder, warnings);
        Watching watching = request.watching();
        ReportFile file = watching.htmlFile()
                .map(html -> ReportFile.check("--html", html))
                .orElse(null);
        if (file == null && watching.metricsPort().isEmpty()) {
            return new JobWatch(listener, records, null, null, null, null);
        }
        JobHistory history = new JobHistory(request.ranks(), System.nanoTime());
        StateJson state = new StateJson(request, runtime);
        WatchServer server = watching.metricsPort().isEmpty()
                ? null
                : WatchServer.open(
                        watching.metricsAddress(), watching.metricsPort().getAsInt(), history, runtime, state);
        if (server != null) {
            System.err.println("convoy: this job can be watched at " + server.url());
        }
        return new JobWatch(listener, records, history, state, server, file);
    }

    /**
     * Sees an event, after the decisions about it were carried out.
     *
     * @param seen what happened
     */
    public void seen(CoordinatorEvent seen) {
        CoordinatorEvent event = promoted.isEmpty() ? seen : underPresentName(seen);
        if (history != null) {
            history.seen(event);
        }
        flights.seen(event);
    }

    /** A spare's connection goes on under the name that it was opened with. */
    private CoordinatorEvent underPresentName(CoordinatorEvent event) {
        return switch (event) {
            case CoordinatorEvent.Received(long nowNs, MemberId member, RankMessage message) ->
                new CoordinatorEvent.Received(nowNs, present(member), message);
            case CoordinatorEvent.Exited(long nowNs, MemberId member, String how, int status) ->
                new CoordinatorEvent.Exited(nowNs, present(member), how, status);
            case CoordinatorEvent.Fenced(long nowNs, MemberId member) ->
                new CoordinatorEvent.Fenced(nowNs, present(member));
            case CoordinatorEvent.ProcState(long nowNs, MemberId member, char letter) ->
                new CoordinatorEvent.ProcState(nowNs, present(member), letter);
            default -> event;
        };
    }

    private MemberId present(MemberId member) {
        return promoted.getOrDefault(member, member);
    }

    private void explained(Diagnosis diagnosis) {
        long epoch = diagnosis.incident().epoch();
        diagnoses.put(epoch, diagnosis.sentence());
        records.keep(diagnosis);
        if (history != null) {
            history.diagnosed(epoch, diagnosis.sentence());
        }
        listener.diagnosed(epoch, diagnosis.sentence());
    }

    @Override
    public void epochStarted(long epoch, List<MemberId> members) {
        flights.epochStarted(epoch, members);
        if (history != null) {
            history.epochStarted(epoch, members, System.nanoTime());
        }
        listener.epochStarted(epoch, members);
    }

    @Override
    public void progress(Progress progress) {
        if (history != null) {
            history.progress(progress);
        }
        listener.progress(progress);
    }

    @Override
    public void incident(Incident incident) {
        flights.incident(incident);
        if (history != null) {
            history.incident(incident);
        }
        listener.incident(incident);
    }

    @Override
    public void changed(MembershipChange change) {
        if (history != null) {
            history.changed(change);
        }
        listener.changed(change);
    }

    /**
     * A spare takes a place, and is another member from now on.
     *
     * @param spare what it was
     * @param place what it is
     */
    public void promoted(MemberId spare, MemberId place) {
        promoted.put(spare, place);
        if (history != null) {
            history.promoted(spare, place);
        }
    }

    @Override
    public void announced(Announce.Kind kind, String text) {
        if (history != null) {
            history.announced(kind, text, System.nanoTime());
        }
        listener.announced(kind, text);
    }

    /**
     * The job's ranks have ended: explains what was not explained yet, and waits until all records are written.
     *
     * @param failedFolder where the records of a job that failed go, if no other folder was named
     * @return each incident's explanation, by its epoch
     */
    public Map<Long, String> finish(Optional<Path> failedFolder) {
        flights.finish();
        records.finish(failedFolder);
        return diagnoses;
    }

    /**
     * The job has ended: writes the page, if it was asked for.
     *
     * @param result how it ended
     * @throws IOException if it cannot be written
     */
    public void ended(JobResult result) throws IOException {
        if (history != null) {
            history.ended(result, System.nanoTime());
        }
        if (htmlFile != null) {
            htmlFile.write(Page.with(state.write(history)));
        }
    }

    /** Closes the port. */
    @Override
    public void close() {
        Optional.ofNullable(server).ifPresent(WatchServer::close);
    }
}
