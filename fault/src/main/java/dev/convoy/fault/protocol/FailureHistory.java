/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/**
 * What a job has seen of failures.
 *
 * @param count recoveries so far
 * @param elapsedNs time since the group formed first
 * @param meanRecoveryNs mean time from a failure's first evidence to the last rank's first step after it; 0 if unknown
 */
public record FailureHistory(int count, long elapsedNs, long meanRecoveryNs) {
    /** Nothing yet. */
    public static final FailureHistory NONE = new FailureHistory(0, 0, 0);
}
