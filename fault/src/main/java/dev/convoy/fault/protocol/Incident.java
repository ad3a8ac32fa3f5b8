/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/**
 * One recovery as the report shows it. Times are CLOCK_MONOTONIC nanoseconds; phases that were not reached are null,
 * also when the next incident overtook this one.
 *
 * @param epoch epoch that this recovery forms, or in which memory was repaired with nobody lost
 * @param cause what went wrong
 * @param ranks launch ranks lost, ascending, or whose memory was damaged; empty if nobody was
 * @param detectedBy first evidence
 * @param faultAtNs when the fault happened: as the injected fault reported it, else as detected
 * @param detectedAtNs when the first evidence was seen
 * @param abortedAtNs when the last survivor had aborted its communicator
 * @param agreedAtNs when the epoch was published
 * @param rebuiltAtNs when the last member had its new communicator
 * @param restoredAtNs when the last member had restored its state
 * @param resumedAtNs when the last member had completed its first step
 * @param restoredStep step that the group went back to
 * @param lostSteps steps that have to be done again
 * @param strategy how the group goes on
 * @param worldSize members of the new epoch
 */
public record Incident(
        long epoch,
        Cause cause,
        List<Integer> ranks,
        DetectedBy detectedBy,
        long faultAtNs,
        long detectedAtNs,
        Long abortedAtNs,
        Long agreedAtNs,
        Long rebuiltAtNs,
        Long restoredAtNs,
        Long resumedAtNs,
        Long restoredStep,
        Long lostSteps,
        RecoveryPolicy strategy,
        Integer worldSize) {
    /** Copies the ranks. */
    public Incident {
        ranks = List.copyOf(ranks);
    }

    /** Memory was repaired while the group worked: nobody was lost and no epoch was formed. */
    boolean isRepair() {
        return agreedAtNs == null && resumedAtNs != null;
    }

    /** What went wrong. */
    public enum Cause {
        /** A process ended. */
        EXIT("exit"),
        /** A process stood still. */
        HANG("hang"),
        /** A process was slower than the deadline allows. */
        SLOW("slow"),
        /** The user's code threw, or a communicator failed with nobody lost. */
        ERROR("error"),
        /** A checksum did not match. */
        CORRUPTION("corruption");

        private final String label;

        Cause(String label) {
            this.label = label;
        }

        /**
         * Name in the report.
         *
         * @return lower case
         */
        public String label() {
            return label;
        }
    }

    /** First evidence. */
    public enum DetectedBy {
        /** The runtime of a peer. */
        PEER_DEATH("peer-death"),
        /** The agent: child watch or control connection. */
        AGENT("agent"),
        /** An asynchronous error of a communicator. */
        ASYNC_ERROR("async-error"),
        /** An operation or a phase past its deadline. */
        DEADLINE("deadline"),
        /** Missing heartbeats, confirmed by a probe. */
        HEARTBEAT("heartbeat"),
        /** A snapshot's checksum. */
        CHECKSUM("checksum");

        private final String label;

        DetectedBy(String label) {
            this.label = label;
        }

        /**
         * Name in the report.
         *
         * @return lower case with hyphens
         */
        public String label() {
            return label;
        }
    }
}
