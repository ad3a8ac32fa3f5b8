/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.NodeRecord;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import java.nio.file.Path;
import java.util.Optional;

/** Where other nodes come in, in a job that has some. */
final class Rendezvous implements AutoCloseable {
    private final Optional<RemoteNodes> others;

    private Rendezvous(Optional<RemoteNodes> others) {
        this.others = others;
    }

    static Rendezvous open(JobRequest request, EventQueue events, ProcessEnds ends) {
        return new Rendezvous(request.cluster()
                .map(cluster -> new RemoteNodes(cluster, request.ranks(), ClusterToken.get(), events, ends)));
    }

    void letIn(int controlPort, String token, Path stateFolder, String earlier) {
        NodeRecord.Welcome welcome = new NodeRecord.Welcome(controlPort, token, stateFolder.toString(), earlier);
        others.ifPresent(nodes -> nodes.open(welcome));
    }

    /** Empty in a job on one machine. */
    Optional<RemoteNodes> others() {
        return others;
    }

    void end(JobResult result) {
        others.ifPresent(nodes -> nodes.end(result.exitStatus(), result.message()));
    }

    @Override
    public void close() {
        others.ifPresent(RemoteNodes::close);
    }
}
