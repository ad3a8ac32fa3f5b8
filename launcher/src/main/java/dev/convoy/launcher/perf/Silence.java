/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.launcher.JobException;
import dev.convoy.launcher.agent.ProcessTree;
import java.time.Duration;
import java.util.List;

/**
 * Notices that all processes are stopped. One that is stopped alone is noticed by the others' deadlines; when all are,
 * nobody is left to notice.
 */
final class Silence {
    private final List<PerfProcess> processes;
    private final Duration bound;
    private long since;
    private boolean silent;

    Silence(List<PerfProcess> processes, Duration bound) {
        this.processes = processes;
        this.bound = bound;
    }

    static boolean isStopped(PerfProcess process) {
        return ProcessTree.state(process.pid()) == 'T';
    }

    void look() {
        if (!processes.stream().allMatch(Silence::isStopped)) {
            silent = false;
            return;
        }
        if (!silent) {
            silent = true;
            since = System.nanoTime();
        }
        if (System.nanoTime() - since > bound.toNanos()) {
            throw new JobException("all ranks' processes are stopped", null);
        }
    }
}
