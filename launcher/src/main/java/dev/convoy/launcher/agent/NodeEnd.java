/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a node's part in a job ended that another agent led.
 *
 * @param exitStatus for the agent to exit with
 * @param message one line
 */
record NodeEnd(int exitStatus, String message) {
    static NodeEnd interrupted() {
        return new NodeEnd(130, "interrupted");
    }

    /** Nobody is left who leads. */
    static NodeEnd orphaned(String reason, Path stateFolder) {
        String where = VersionFolder.newest(stateFolder)
                .map(version -> "; the newest durable version is in " + version)
                .orElse("; no durable version is in " + stateFolder);
        return new NodeEnd(1, reason + "; this node's ranks were ended" + where);
    }

    JobResult toResult(JobRequest request) {
        return new JobResult(
                exitStatus == 0,
                exitStatus,
                message,
                RuntimeName.of(request.runtime()),
                Optional.empty(),
                List.of(),
                List.of(),
                Map.of(),
                List.of());
    }
}
