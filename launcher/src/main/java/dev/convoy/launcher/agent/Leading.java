/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.CoordinatorDirectory;
import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Version;
import dev.convoy.launcher.Cluster;
import dev.convoy.launcher.JobRequest;
import java.util.Optional;
import java.util.Set;

/**
 * What an agent leads a job with.
 *
 * @param rendezvous where nodes come in, and events together; open
 * @param local this machine's ranks
 * @param interruption the person's wish to end
 * @param mandate on what grounds
 * @param inherited what a former leader left; empty for a new job
 * @param directory tells this machine's ranks who leads, in a job with a store
 * @param token what ranks show
 */
record Leading(
        Rendezvous rendezvous,
        LocalRanks local,
        Interruption interruption,
        Mandate mandate,
        Optional<Inherited> inherited,
        Optional<CoordinatorDirectory> directory,
        String token) {
    private static final int NEVER_STARTED = 127;

    int node(JobRequest request) {
        return request.cluster().map(Cluster::nodeRank).orElse(0);
    }

    /** Who the coordinator is, for ranks that are started here. */
    RankEnvironment.Superior superior(int controlPort) {
        return new RankEnvironment.Superior(
                rendezvous.host(), controlPort, mandate.term(), rendezvous.certificate(), directory);
    }

    /** For a job whose newest version on disk is this one; null if there is none. */
    Coordinator coordinator(JobSpec spec, Version durable) {
        if (inherited.isPresent()) {
            return Coordinator.inherit(spec, inherited.get().record().withDurable(durable));
        }
        return mandate == Mandate.SOLE ? new Coordinator(spec) : Coordinator.recorded(spec);
    }

    /** Each process that the former leader knew of owes an event: this machine's, and those of the other nodes. */
    void takeOver(JobRequest request, Hosts hosts) {
        inherited.ifPresent(former -> {
            hosts.inherit(former);
            rendezvous.others().orElseThrow().inherit(former);
            Set<MemberId> started = local.processes().started();
            former.on(node(request)).stream()
                    .filter(member -> !started.contains(member))
                    .forEach(member -> rendezvous
                            .events()
                            .post(now -> new CoordinatorEvent.Exited(now, member, "was never started", NEVER_STARTED)));
        });
    }
}
