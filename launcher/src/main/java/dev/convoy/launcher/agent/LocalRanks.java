/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.MemberId;
import dev.convoy.launcher.JobRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ranks of this machine, for whoever leads the job: this agent, another one, or nobody for a moment. A leader that
 * is new hears of every end that there has ever been.
 */
final class LocalRanks implements AutoCloseable {
    private static final Duration END_BOUND = Duration.ofSeconds(10);
    /** Exit status of what could not be started. */
    private static final int CANNOT_START = 127;

    private static final Listener NOBODY = new Listener() {
        @Override
        public void ended(MemberId member, int status) {
            // Told to the next one.
        }

        @Override
        public void notStarted(MemberId member, String reason) {
            // Told to the next one, as an end.
        }
    };

    private final Spawner spawner;
    private final RankProcesses processes;
    private final Map<MemberId, Integer> ended = new LinkedHashMap<>();
    private Listener listener = NOBODY;

    /** Told of the ends of processes, on some thread: hand over to a queue. */
    interface Listener {
        void ended(MemberId member, int status);

        void notStarted(MemberId member, String reason);
    }

    LocalRanks(JobRequest request, Path program, Path execHelper) {
        spawner = new Spawner(request, program, execHelper, this::ended, this::notStarted);
        processes = new RankProcesses(spawner, request.ranks());
    }

    /** The processes. Main thread only. */
    RankProcesses processes() {
        return processes;
    }

    private synchronized void ended(MemberId member, int status) {
        ended.put(member, status);
        listener.ended(member, status);
    }

    private synchronized void notStarted(MemberId member, String reason) {
        ended.put(member, CANNOT_START);
        listener.notStarted(member, reason);
    }

    /** Tells a new listener what has ended so far, and from now on what ends. */
    synchronized void tell(Listener newOne) {
        ended.forEach(newOne::ended);
        listener = newOne;
    }

    /** Until somebody else is told. */
    synchronized void tellNobody() {
        listener = NOBODY;
    }

    /** Kills what still lives, and waits a bounded time for its end. Idempotent. */
    void end() {
        try {
            processes.endAll(END_BOUND);
            Leftovers.ofThisAgent().kill();
        } catch (InterruptedException e) {
            // They have their SIGKILL; whoever interrupts twice does not want to wait for them.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        spawner.close();
    }
}
