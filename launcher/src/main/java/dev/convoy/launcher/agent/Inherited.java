/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.NodeRecord;
import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.CoordinatorRecord.KnownProcess;
import dev.convoy.fault.protocol.MemberId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an agent goes on with that takes over.
 *
 * @param record what the former leader's coordinator knew
 * @param welcome what the former leader told this node: token and folders stay the same
 * @param formerNode the node of the former leader
 */
record Inherited(CoordinatorRecord record, NodeRecord.Welcome welcome, int formerNode) {
    Path stateFolder() {
        return Path.of(welcome.stateFolder());
    }

    /** What the job itself went on from, if from anything. */
    Optional<EarlierState> earlier() {
        return welcome.earlier().isEmpty()
                ? Optional.empty()
                : Optional.of(EarlierState.of(Path.of(welcome.earlier()), stateFolder()));
    }

    /** Processes on a node, by the names that they were started with. */
    List<MemberId> on(int node) {
        return record.processes().stream()
                .filter(process -> process.node() == node)
                .map(KnownProcess::bornAs)
                .toList();
    }
}
