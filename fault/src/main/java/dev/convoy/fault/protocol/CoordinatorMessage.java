/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What the coordinator tells a rank. */
public sealed interface CoordinatorMessage extends Message {
    /**
     * The connection is refused and closed.
     *
     * @param reason one line
     */
    record Rejected(String reason) implements CoordinatorMessage {}

    /**
     * Round one of a recovery: abort the communicator, verify the snapshots, answer {@link RankMessage.Aborted}.
     *
     * @param epoch the epoch being formed
     * @param reason one line
     * @param makeUniqueId whether the answer shall carry a unique id for the new communicator
     */
    record Revoke(long epoch, String reason, boolean makeUniqueId) implements CoordinatorMessage {}

    /**
     * Round two: an epoch is published. Every member gets the same record; its rank is its place in the list.
     *
     * @param epoch the epoch
     * @param members its members in rank order
     * @param uniqueId unique id of its communicator
     * @param plan what to restore
     * @param domains on which nodes the members are, by their ranks
     * @param failures what the job has seen of failures, this epoch's included
     */
    record EpochStart(
            long epoch,
            List<MemberId> members,
            byte[] uniqueId,
            RestorePlan plan,
            FailureDomains domains,
            FailureHistory failures)
            implements CoordinatorMessage {
        /** Copies list and id. */
        public EpochStart {
            members = List.copyOf(members);
            uniqueId = uniqueId.clone();
            Objects.requireNonNull(plan, "plan");
            Objects.requireNonNull(domains, "domains");
            Objects.requireNonNull(failures, "failures");
        }

        /**
         * An epoch on one node, of a job that has seen no failure.
         *
         * @param epoch the epoch
         * @param members its members in rank order
         * @param uniqueId unique id of its communicator
         * @param plan what to restore
         */
        public EpochStart(long epoch, List<MemberId> members, byte[] uniqueId, RestorePlan plan) {
            this(epoch, members, uniqueId, plan, FailureDomains.ONE, FailureHistory.NONE);
        }

        /**
         * Unique id.
         *
         * @return a copy
         */
        @Override
        public byte[] uniqueId() {
            return uniqueId.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof EpochStart that
                    && epoch == that.epoch
                    && members.equals(that.members)
                    && Arrays.equals(uniqueId, that.uniqueId)
                    && plan.equals(that.plan)
                    && domains.equals(that.domains)
                    && failures.equals(that.failures);
        }

        @Override
        public int hashCode() {
            return Objects.hash(epoch, members, Arrays.hashCode(uniqueId), plan, domains, failures);
        }

        @Override
        public String toString() {
            return "EpochStart[epoch " + epoch + ", members " + members + ", " + plan + "]";
        }
    }

    /**
     * Asks for {@link RankMessage.Probed} at once.
     *
     * @param epoch epoch that is being diagnosed
     */
    record Probe(long epoch) implements CoordinatorMessage {}

    /**
     * An injected fault is on record; it may happen now.
     *
     * @param spec the fault as it was reported
     */
    record FaultRecorded(String spec) implements CoordinatorMessage {}

    /**
     * The job gives up: write these parts of a version to disk and answer {@link RankMessage.DurablePart} or
     * {@link RankMessage.DurableFailed}. Sent only to a rank that acknowledged the last revocation and is asked for
     * something; a rank may be asked again when another one could not write its part.
     *
     * @param version which version, one of the receiver's inventory
     * @param directory absolute path of the version's folder, to be created if absent
     * @param file name of the file to write there; no other request has the same
     * @param shards numbers of the held shards that the receiver writes; may be empty
     * @param replicated whether the receiver writes the replicated state
     */
    record Persist(Version version, String directory, String file, int[] shards, boolean replicated)
            implements CoordinatorMessage {
        /** Copies the shards. */
        public Persist {
            Objects.requireNonNull(version, "version");
            shards = shards.clone();
        }

        /**
         * Shards to write.
         *
         * @return a copy
         */
        @Override
        public int[] shards() {
            return shards.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Persist that
                    && version.equals(that.version)
                    && directory.equals(that.directory)
                    && file.equals(that.file)
                    && Arrays.equals(shards, that.shards)
                    && replicated == that.replicated;
        }

        @Override
        public int hashCode() {
            return Objects.hash(version, directory, file, Arrays.hashCode(shards), replicated);
        }

        @Override
        public String toString() {
            return "Persist[" + version + ", shards " + Arrays.toString(shards) + (replicated ? ", replicated, " : ", ")
                    + directory + "/" + file + "]";
        }
    }

    /**
     * This process is kept in reserve: what it waits for may take as long as the job.
     *
     * @param reason one line
     */
    record InReserve(String reason) implements CoordinatorMessage {}

    /**
     * A spare takes a place in the group, and its name; the next {@link Revoke} is meant for it.
     *
     * @param self who it is from now on
     * @param firedFaults faults that have happened already, as {@link FaultSpec#format} writes them
     */
    record Assigned(MemberId self, List<String> firedFaults) implements CoordinatorMessage {
        /** Copies the list. */
        public Assigned {
            firedFaults = List.copyOf(firedFaults);
        }
    }

    /**
     * The membership is to change although nothing is lost: stop at the next step boundary whose snapshot is committed,
     * the same one on all ranks, and answer {@link RankMessage.Quiesced}. The ranks agree on it in that snapshot's
     * vote.
     *
     * @param epoch the epoch that shall end
     */
    record Quiesce(long epoch) implements CoordinatorMessage {}

    /**
     * An epoch began without this process, which had asked to leave: others hold what it held.
     *
     * @param epoch that epoch
     */
    record Dismissed(long epoch) implements CoordinatorMessage {}

    /**
     * Every member completed all steps: the program may finish.
     *
     * @param epoch the epoch
     */
    record Release(long epoch) implements CoordinatorMessage {}

    /** The coordinator lives, and leads: a sign of it twice a second, where ranks do not die with its process. */
    record Pulse() implements CoordinatorMessage {}

    /**
     * The job is over: end this process.
     *
     * @param exitStatus status to exit with
     * @param reason one line
     */
    record Stop(int exitStatus, String reason) implements CoordinatorMessage {}
}
