/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/** Writes down how an epoch comes about: as the first one, as the answer to an incident, or as a change. */
sealed interface Chronicle {
    /** The last survivor had aborted its communicator. */
    default void aborted(long atNs) {}

    /** The epoch was published. */
    void agreed(long atNs, long restoredStep, long lostSteps, int worldSize);

    /** The last member had its communicator. */
    void rebuilt(long atNs);

    /** The last member had its state. */
    void restored(long atNs, int worldSize);

    /** The last member had completed its first step. */
    void resumed(long atNs);

    /** Neither an incident nor a change: the group forms. */
    record OfFormation(Job job) implements Chronicle {
        @Override
        public void agreed(long atNs, long restoredStep, long lostSteps, int worldSize) {}

        @Override
        public void rebuilt(long atNs) {}

        @Override
        public void restored(long atNs, int worldSize) {
            job.announce(Decision.Announce.Kind.FORMED, worldSize + " ranks are ready");
        }

        @Override
        public void resumed(long atNs) {}
    }

    /** What there is to say has been said, by a former coordinator. */
    record Told() implements Chronicle {
        @Override
        public void agreed(long atNs, long restoredStep, long lostSteps, int worldSize) {}

        @Override
        public void rebuilt(long atNs) {}

        @Override
        public void restored(long atNs, int worldSize) {}

        @Override
        public void resumed(long atNs) {}
    }

    /** The present incident. */
    record OfIncident(Job job) implements Chronicle {
        @Override
        public void aborted(long atNs) {
            job.incidents.update(incident -> incident.aborted(atNs));
        }

        @Override
        public void agreed(long atNs, long restoredStep, long lostSteps, int worldSize) {
            job.incidents.update(incident -> incident.agreed(atNs, restoredStep, lostSteps, worldSize));
        }

        @Override
        public void rebuilt(long atNs) {
            job.incidents.update(incident -> incident.rebuilt(atNs));
        }

        @Override
        public void restored(long atNs, int worldSize) {
            job.incidents.update(incident -> incident.restored(atNs));
        }

        @Override
        public void resumed(long atNs) {
            job.incidents.update(record -> record.resumed(atNs));
            Incident incident = job.incidents.last();
            job.announce(
                    Decision.Announce.Kind.RECOVERED,
                    "epoch " + incident.epoch() + " works: " + incident.worldSize() + " ranks from step "
                            + incident.restoredStep() + ", " + (atNs - incident.detectedAtNs()) / 1_000_000
                            + " ms after the loss was seen");
        }
    }

    /** A change of the membership. */
    record OfChange(Job job, ChangeRecord record) implements Chronicle {
        /** The same change in another epoch, without those who were lost before they could join. */
        OfChange again(long epoch, List<Integer> lost) {
            record.again(epoch, lost);
            return this;
        }

        @Override
        public void agreed(long atNs, long restoredStep, long lostSteps, int worldSize) {
            record.agreed(atNs, restoredStep, worldSize);
            tell();
        }

        @Override
        public void rebuilt(long atNs) {
            record.rebuilt(atNs);
            tell();
        }

        @Override
        public void restored(long atNs, int worldSize) {
            record.restored(atNs);
            tell();
        }

        @Override
        public void resumed(long atNs) {
            record.resumed(atNs);
            tell();
            MembershipChange change = record.toChange();
            job.announce(
                    Decision.Announce.Kind.CHANGED,
                    sentence(change) + "epoch " + change.epoch() + " works: " + change.worldSize()
                            + " ranks from step " + change.step() + ", which stood still for "
                            + (atNs - change.stoppedAtNs()) / 1_000_000 + " ms");
        }

        private static String sentence(MembershipChange change) {
            String joined = change.joined().isEmpty() ? "" : "joined: " + change.joined() + "; ";
            return change.left().isEmpty() ? joined : "left: " + change.left() + "; " + joined;
        }

        private void tell() {
            job.decide(new Decision.ChangeUpdated(record.toChange()));
        }
    }
}
