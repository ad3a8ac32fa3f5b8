/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The step boundary at which the members of an epoch have been asked to stop, and who stands there already. */
final class Boundary {
    private static final long NOBODY = Long.MAX_VALUE;

    private final List<MemberStatus> members;
    private final long askedNs;
    private final Set<MemberStatus> there = new HashSet<>();
    private long stoppedNs = NOBODY;
    private long firstTimerNs = NOBODY;

    Boundary(List<MemberStatus> members, long askedNs) {
        this.members = List.copyOf(members);
        this.askedNs = askedNs;
    }

    /** Returns whether this was the last one. */
    boolean reached(MemberStatus status, long atNs, long timerNs) {
        boolean fresh = members.contains(status) && there.add(status);
        if (fresh) {
            stoppedNs = Math.min(stoppedNs, atNs);
            firstTimerNs = Math.min(firstTimerNs, timerNs);
        }
        return fresh && there.size() == members.size();
    }

    /** The ranks agree on the boundary together, so that the last one is not far behind the first. */
    boolean isOverdue(long timerNs, long boundNs) {
        return firstTimerNs != NOBODY && timerNs - firstTimerNs > boundNs;
    }

    List<MemberStatus> missing() {
        return members.stream().filter(status -> !there.contains(status)).toList();
    }

    long askedNs() {
        return askedNs;
    }

    /** When the first one stood there. */
    long stoppedNs() {
        return stoppedNs;
    }
}
