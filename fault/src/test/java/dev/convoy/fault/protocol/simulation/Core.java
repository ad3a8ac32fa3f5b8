/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorRecord;
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

    /** Makes a coordinator, or one that follows another with what that left on record; null if it is the first. */
    @FunctionalInterface
    interface Maker {
        Core make(JobSpec spec, CoordinatorRecord left);
    }

    /** Whether its agent carries out nothing more once its record was refused. */
    default boolean heedsRefusals() {
        return true;
    }

    /** Whether its ranks take nothing from a coordinator of an older term. */
    default boolean ranksHeedTerms() {
        return true;
    }

    static Core real(JobSpec spec, CoordinatorRecord left) {
        Coordinator coordinator = left == null ? Coordinator.recorded(spec) : Coordinator.inherit(spec, left);
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
