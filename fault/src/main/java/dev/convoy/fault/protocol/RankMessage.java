/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.detect.OperationRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a rank tells the coordinator. Times are CLOCK_MONOTONIC nanoseconds; {@code epoch} is the sender's epoch or, in
 * an answer to {@link CoordinatorMessage.Revoke}, the epoch being formed.
 */
public sealed interface RankMessage extends Message {
    /**
     * First record of a connection.
     *
     * @param protocol {@link Message#PROTOCOL} of the sender
     * @param token the job's token
     * @param member who connects
     * @param pid its process id
     * @param term of the coordinator that it means to reach; 0 where there is only ever one
     */
    record Hello(int protocol, String token, MemberId member, long pid, long term) implements RankMessage {
        /** The token is left out: records are printed in logs. */
        @Override
        public String toString() {
            return "Hello[" + member + ", pid " + pid + "]";
        }
    }

    /**
     * Where the sender is, for a coordinator that may be another one than before; second record of a connection where
     * that can happen. What the former coordinator was told last of the present epoch is repeated after it.
     *
     * @param started newest epoch of which the sender has the {@link CoordinatorMessage.EpochStart}; 0 if none
     * @param revoked newest epoch of which it has the {@link CoordinatorMessage.Revoke}; 0 if none
     * @param step the step that it is in
     * @param longestStepNs the longest step that it has done
     */
    record Standing(long started, long revoked, long step, long longestStepNs) implements RankMessage {}

    /**
     * Sign of life, every 100 ms.
     *
     * @param epoch epoch of the sender, 0 before the first
     * @param step step the sender is in
     * @param enqueued collectives enqueued on the epoch's communicator; sends and receives are not counted
     * @param completed operations completed on it
     */
    record Heartbeat(long epoch, long step, long enqueued, long completed) implements RankMessage {}

    /**
     * An injected fault is about to happen. Sent twice: first the sender waits for
     * {@link CoordinatorMessage.FaultRecorded}, then the fault happens at the time that the second record has.
     *
     * @param spec the fault as {@link FaultSpec#format()} writes it
     * @param atNs when
     */
    record FaultFired(String spec, long atNs) implements RankMessage {}

    /**
     * The sender's communicator is broken. Sent once an epoch.
     *
     * @param epoch epoch of the communicator
     * @param evidence what was seen
     * @param communicatorRanks ranks, in that communicator, that it points at; may be empty
     * @param atNs when it was seen
     * @param detail text for the person
     * @param enqueued collectives enqueued by the sender
     * @param completed operations completed at the sender
     */
    record Suspect(
            long epoch,
            Evidence evidence,
            int[] communicatorRanks,
            long atNs,
            String detail,
            long enqueued,
            long completed)
            implements RankMessage {
        /** Copies the ranks. */
        public Suspect {
            Objects.requireNonNull(evidence, "evidence");
            communicatorRanks = communicatorRanks.clone();
        }

        /**
         * Ranks pointed at.
         *
         * @return a copy
         */
        @Override
        public int[] communicatorRanks() {
            return communicatorRanks.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Suspect that
                    && epoch == that.epoch
                    && evidence == that.evidence
                    && Arrays.equals(communicatorRanks, that.communicatorRanks)
                    && atNs == that.atNs
                    && detail.equals(that.detail)
                    && enqueued == that.enqueued
                    && completed == that.completed;
        }

        @Override
        public int hashCode() {
            return Objects.hash(epoch, evidence, Arrays.hashCode(communicatorRanks), atNs, detail);
        }

        @Override
        public String toString() {
            return "Suspect[epoch " + epoch + ", " + evidence + ", ranks " + Arrays.toString(communicatorRanks) + ", "
                    + detail + "]";
        }
    }

    /**
     * Answer to {@link CoordinatorMessage.Probe}, given by the control thread even while the user's thread waits.
     *
     * @param epoch epoch of the sender
     * @param step step the sender is in
     * @param enqueued collectives enqueued; sends and receives are not counted
     * @param completed operations completed
     */
    record Probed(long epoch, long step, long enqueued, long completed) implements RankMessage {}

    /**
     * Acknowledges {@link CoordinatorMessage.Revoke}: the communicator is aborted and the snapshots are verified.
     *
     * @param epoch the epoch being formed
     * @param atNs when the abort had ended
     * @param step step at which the sender was interrupted, 0 for one that has not begun
     * @param inventory what lies in its memory
     * @param committed newest version that the sender knows to be committed; null if none
     * @param uniqueId unique id for the new communicator if it was asked for, else empty
     */
    record Aborted(long epoch, long atNs, long step, List<Holding> inventory, Version committed, byte[] uniqueId)
            implements RankMessage {
        /** Copies list and id. */
        public Aborted {
            inventory = List.copyOf(inventory);
            uniqueId = uniqueId.clone();
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
            return other instanceof Aborted that
                    && epoch == that.epoch
                    && atNs == that.atNs
                    && step == that.step
                    && inventory.equals(that.inventory)
                    && Objects.equals(committed, that.committed)
                    && Arrays.equals(uniqueId, that.uniqueId);
        }

        @Override
        public int hashCode() {
            return Objects.hash(epoch, atNs, step, inventory, committed, Arrays.hashCode(uniqueId));
        }

        @Override
        public String toString() {
            return "Aborted[epoch " + epoch + ", step " + step + ", inventory " + inventory + ", committed " + committed
                    + (uniqueId.length == 0 ? "]" : ", with unique id]");
        }
    }

    /**
     * The epoch's communicator is ready at the sender.
     *
     * @param epoch the epoch
     * @param atNs when
     */
    record Rebuilt(long epoch, long atNs) implements RankMessage {}

    /**
     * The epoch's state is restored and verified at the sender.
     *
     * @param epoch the epoch
     * @param atNs when
     */
    record Restored(long epoch, long atNs) implements RankMessage {}

    /**
     * The sender completed its first step of the epoch.
     *
     * @param epoch the epoch
     * @param atNs when
     */
    record Resumed(long epoch, long atNs) implements RankMessage {}

    /**
     * The sender stands at a step boundary with its snapshot committed, as {@link CoordinatorMessage.Quiesce} asked; it
     * waits for a revocation.
     *
     * @param epoch epoch of the sender
     * @param step the step that has not begun
     * @param atNs since when
     */
    record Quiesced(long epoch, long step, long atNs) implements RankMessage {}

    /**
     * The sender wants to leave the group at a step boundary, for instance because somebody wants its machine.
     *
     * @param epoch epoch of the sender
     */
    record Leaving(long epoch) implements RankMessage {}

    /**
     * How training goes.
     *
     * @param epoch epoch of the sender
     * @param step step just done
     * @param loss loss of that step
     * @param samplesPerSecond over the whole group
     * @param worldSize current world size
     */
    record Progress(long epoch, long step, double loss, double samplesPerSecond, int worldSize)
            implements RankMessage {}

    /**
     * How long the sender needed for a step by itself, before its first collective; comes with a heartbeat.
     *
     * @param epoch epoch of the sender
     * @param ownNs median of the steps since the last such record, nanoseconds
     */
    record Pace(long epoch, long ownNs) implements RankMessage {}

    /**
     * Something a person should know that is no incident.
     *
     * @param text one line
     */
    record Warning(String text) implements RankMessage {}

    /**
     * A step was vetoed: its update was left out on every rank. Sent by rank 0 alone.
     *
     * @param epoch epoch of the sender
     * @param step the step
     * @param total vetoed steps of the kept history, this one included
     * @param communicatorRanks ranks that vetoed it, ascending, at least one
     * @param what what the first of them found; completes a sentence that begins with its name and a colon
     */
    record Vetoed(long epoch, long step, long total, int[] communicatorRanks, String what) implements RankMessage {
        /** Copies the ranks. */
        public Vetoed {
            communicatorRanks = communicatorRanks.clone();
        }

        /**
         * Who vetoed it.
         *
         * @return a copy
         */
        @Override
        public int[] communicatorRanks() {
            return communicatorRanks.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Vetoed that
                    && epoch == that.epoch
                    && step == that.step
                    && total == that.total
                    && Arrays.equals(communicatorRanks, that.communicatorRanks)
                    && what.equals(that.what);
        }

        @Override
        public int hashCode() {
            return Objects.hash(epoch, step, total, Arrays.hashCode(communicatorRanks), what);
        }

        @Override
        public String toString() {
            return "Vetoed[epoch " + epoch + ", step " + step + ", ranks " + Arrays.toString(communicatorRanks) + ": "
                    + what + "]";
        }
    }

    /**
     * The ranks' replicated state is not the same: all have found it in the same vote, nothing was committed, and the
     * group shall go back. The sender waits for a revocation.
     *
     * @param epoch epoch of the version that was voted on
     * @param step its step
     * @param communicatorRanks who differs from the majority, ascending; empty where there is none
     * @param atNs when it was found
     * @param what completes a sentence that begins with their names, or is one
     */
    record Diverged(long epoch, long step, int[] communicatorRanks, long atNs, String what) implements RankMessage {
        /** Copies the ranks. */
        public Diverged {
            communicatorRanks = communicatorRanks.clone();
        }

        /**
         * Who differs.
         *
         * @return a copy
         */
        @Override
        public int[] communicatorRanks() {
            return communicatorRanks.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Diverged that
                    && epoch == that.epoch
                    && step == that.step
                    && Arrays.equals(communicatorRanks, that.communicatorRanks)
                    && atNs == that.atNs
                    && what.equals(that.what);
        }

        @Override
        public int hashCode() {
            return Objects.hash(epoch, step, Arrays.hashCode(communicatorRanks), atNs, what);
        }

        @Override
        public String toString() {
            return "Diverged[epoch " + epoch + ", step " + step + ", ranks " + Arrays.toString(communicatorRanks) + ": "
                    + what + "]";
        }
    }

    /**
     * All ranks have found, in the same collective, that going on makes no sense: the job shall end, with the newest
     * version on disk. The sender waits for a revocation.
     *
     * @param epoch epoch of the sender
     * @param step the step that it is in
     * @param communicatorRanks whose fault it is; may be empty
     * @param atNs when it was found
     * @param what why; completes a sentence that begins with the ranks' names, or is one
     */
    record GivesUp(long epoch, long step, int[] communicatorRanks, long atNs, String what) implements RankMessage {
        /** Copies the ranks. */
        public GivesUp {
            communicatorRanks = communicatorRanks.clone();
        }

        /**
         * Whose fault it is.
         *
         * @return a copy
         */
        @Override
        public int[] communicatorRanks() {
            return communicatorRanks.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof GivesUp that
                    && epoch == that.epoch
                    && step == that.step
                    && Arrays.equals(communicatorRanks, that.communicatorRanks)
                    && atNs == that.atNs
                    && what.equals(that.what);
        }

        @Override
        public int hashCode() {
            return Objects.hash(epoch, step, Arrays.hashCode(communicatorRanks), atNs, what);
        }

        @Override
        public String toString() {
            return "GivesUp[epoch " + epoch + ", step " + step + ", ranks " + Arrays.toString(communicatorRanks) + ": "
                    + what + "]";
        }
    }

    /**
     * A part of this rank's snapshots had lost its checksum, with nothing else wrong, and was brought back from another
     * rank's memory.
     *
     * @param epoch epoch of the version
     * @param step step of the version
     * @param foundNs when the damage was found
     * @param repairedNs when it was repaired
     * @param what which part, and from where
     */
    record Repaired(long epoch, long step, long foundNs, long repairedNs, String what) implements RankMessage {}

    /**
     * The user's code threw: this process ends now.
     *
     * @param epoch epoch of the sender
     * @param description the exception, one line
     */
    record Failing(long epoch, String description) implements RankMessage {}

    /**
     * A part of a durable version lies on disk: written beside, synced and renamed.
     *
     * @param version which version
     * @param file name of the file in the version's folder
     * @param bytes its length
     * @param sha256 its SHA-256 in lower-case hexadecimal
     * @param last whether it is the sender's last part of this version
     */
    record DurablePart(Version version, String file, long bytes, String sha256, boolean last) implements RankMessage {}

    /**
     * A part that {@link CoordinatorMessage.Persist} asked for could not be written.
     *
     * @param version which version
     * @param file name of the file
     * @param reason one line
     */
    record DurableFailed(Version version, String file, String reason) implements RankMessage {}

    /**
     * All steps are done at the sender; it waits for {@link CoordinatorMessage.Release} or a revocation.
     *
     * @param epoch epoch of the sender
     */
    record Completed(long epoch) implements RankMessage {}

    /**
     * The program is through; after this the process may exit with status 0.
     *
     * @param epoch epoch of the sender
     * @param summary what it says about itself; null if nothing
     */
    record Finished(long epoch, RunSummary summary) implements RankMessage {}

    /**
     * The sender's last operations: a few in answer to {@link CoordinatorMessage.Probe}, those kept since a revocation
     * once the recovery is over, or those before the program failed. For people and for the analysis of an incident; no
     * decision rests on it.
     *
     * @param epoch the epoch being diagnosed or formed
     * @param atNs when they were read
     * @param recorded operations recorded since the start, those forgotten included
     * @param operations oldest first, at most {@link #MAX_OPERATIONS}
     */
    record FlightRecord(long epoch, long atNs, long recorded, List<OperationRecord> operations) implements RankMessage {
        /** Most operations of one record: it must fit into a frame. */
        public static final int MAX_OPERATIONS = 4_000;

        /**
         * Copies the list.
         *
         * @throws IllegalArgumentException if it is too long
         */
        public FlightRecord {
            operations = List.copyOf(operations);
            if (operations.size() > MAX_OPERATIONS) {
                throw new IllegalArgumentException(operations.size() + " operations; a record holds " + MAX_OPERATIONS);
            }
        }

        @Override
        public String toString() {
            return "FlightRecord[epoch " + epoch + ", " + operations.size() + " of " + recorded + " operations]";
        }
    }

    /**
     * The sender's newest snapshot, when it has changed and not more than a few times a second. For people only.
     *
     * @param newest what of it the sender holds
     * @param memoryBytes memory of its snapshots
     * @param announcedBytes how much it can be at most, in the cuts so far
     * @param taken snapshots taken since the process started
     * @param tookNs how long the last one took
     * @param atNs when it was committed
     * @param interval steps to the next one
     */
    record Snapshots(
            Holding newest, long memoryBytes, long announcedBytes, long taken, long tookNs, long atNs, long interval)
            implements RankMessage {
        /** Requires a snapshot. */
        public Snapshots {
            Objects.requireNonNull(newest, "newest");
        }
    }
}
