/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/**
 * A member that can no longer take part.
 *
 * @param member who
 * @param cause why
 * @param detectedBy first evidence
 * @param atNs when it was seen
 * @param how completes a sentence that begins with its name
 * @param graceNs how long it may take to end by itself before it is fenced
 */
record Loss(
        MemberStatus member,
        Incident.Cause cause,
        Incident.DetectedBy detectedBy,
        long atNs,
        String how,
        long graceNs) {
    /** Long enough to print a stack trace and run the shutdown of a JVM; survivors abort meanwhile. */
    static final long GRACE_NS = 500_000_000L;

    /**
     * Whether the program itself failed, as it may do again in every process, rather than something around it. A
     * replacement that does not get as far as the group has its own limit of attempts.
     */
    boolean isProgramFailure() {
        boolean failed = cause == Incident.Cause.ERROR || cause == Incident.Cause.EXIT && member.endedInFailure();
        return failed && member.isMember();
    }

    /** With the process's own end once it is known: a closed connection alone says little. */
    String sentence() {
        boolean ended = cause == Incident.Cause.EXIT && member.end() != null;
        return member + " " + (ended ? member.end() : how);
    }
}
