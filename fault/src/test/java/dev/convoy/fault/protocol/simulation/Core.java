/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MembershipChange;
import java.util.List;

/** What is simulated: the coordinator, or one with a rule deliberately broken. */
interface Core {
    List<Decision> start(long nowNs);

    List<Decision> on(CoordinatorEvent event);

    List<Incident> incidents();

    List<MembershipChange> changes();

    static Core real(JobSpec spec) {
        Coordinator coordinator = new Coordinator(spec);
        return new Core() {
            @Override
            public List<Decision> start(long nowNs) {
                return coordinator.start(nowNs);
            }

            @Override
            public List<Decision> on(CoordinatorEvent event) {
                return coordinator.on(event);
            }

            @Override
            public List<Incident> incidents() {
                return coordinator.incidents();
            }

            @Override
            public List<MembershipChange> changes() {
                return coordinator.changes();
            }
        };
    }
}
