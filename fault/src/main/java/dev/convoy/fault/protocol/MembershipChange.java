/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/**
 * One change of the membership for which nobody had to be lost, as the report shows it. Times are CLOCK_MONOTONIC
 * nanoseconds; phases that were not reached are null, also when an incident overtook the change.
 *
 * @param epoch epoch that the change forms
 * @param joined launch ranks that come in, ascending
 * @param left launch ranks that go, ascending; one that is in both lists is handed over
 * @param askedAtNs when the group was asked to stop at its next step boundary
 * @param stoppedAtNs when the first member stood there
 * @param agreedAtNs when the epoch was published
 * @param rebuiltAtNs when the last member had its new communicator
 * @param restoredAtNs when the last member had its part of the state
 * @param resumedAtNs when the last member had completed its first step
 * @param step the step that the new epoch begins with
 * @param worldSize members of the new epoch
 */
public record MembershipChange(
        long epoch,
        List<Integer> joined,
        List<Integer> left,
        long askedAtNs,
        long stoppedAtNs,
        Long agreedAtNs,
        Long rebuiltAtNs,
        Long restoredAtNs,
        Long resumedAtNs,
        Long step,
        Integer worldSize) {
    /** Copies the lists. */
    public MembershipChange {
        joined = List.copyOf(joined);
        left = List.copyOf(left);
    }
}
