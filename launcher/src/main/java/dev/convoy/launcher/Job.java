/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import dev.convoy.launcher.agent.JobRun;
import dev.convoy.launcher.agent.NodeRun;
import dev.convoy.launcher.agent.StoreRun;

/**
 * Runs a job: starts its ranks, keeps them going when one is lost, ends them all.
 *
 * <p>The calling thread becomes the agent's event thread until the job has ended. One job at a time in a process.
 */
public final class Job {
    private Job() {}

    /**
     * Runs a job until it has ended. No process, socket or unfinished file of the job is left when this returns; a
     * report that was asked for is written, of a failed job too.
     *
     * @param request what to run
     * @param listener told of what happens; by the leading agent only, in a job on several nodes
     * @return how it ended
     * @throws UsageException before any rank was started, if the command cannot be found, or the report or state folder
     *     cannot be written
     * @throws JobException if the agent itself could not do its work
     */
    public static JobResult run(JobRequest request, JobListener listener) {
        JobLimits.check(request);
        if (request.cluster().flatMap(Cluster::store).isPresent()) {
            return new StoreRun(request, listener).run();
        }
        boolean leads = request.cluster().map(Cluster::leads).orElse(true);
        return leads ? new JobRun(request, listener).run() : new NodeRun(request).run();
    }
}
