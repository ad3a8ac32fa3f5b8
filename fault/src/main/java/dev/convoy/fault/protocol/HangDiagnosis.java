/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds who holds up an epoch. Everybody is asked for its last operation; to blame are those silent with stale
 * heartbeats, else those behind all others, else nobody. Where too many are behind, another opinion may say which of
 * them; by itself it is no evidence.
 */
final class HangDiagnosis {
    /** How long answers may take, and how long a silence must be. */
    static final long SILENCE_NS = 500_000_000L;
    // On a machine so loaded that heartbeats come irregularly a silence means less: wait, but not for ever.
    private static final long LONGEST_NS = 2_000_000_000L;
    private static final double SUSPICIOUS_PHI = 8;

    private final Detection evidence;
    private final List<MemberStatus> members;
    private final long startedNs;
    private final Set<MemberStatus> replied = new HashSet<>();
    private boolean opinionExpected;
    private List<MemberStatus> suspected = List.of();

    HangDiagnosis(Detection evidence, List<MemberStatus> members, long startedNs) {
        this.evidence = evidence;
        this.members = members;
        this.startedNs = startedNs;
    }

    Detection evidence() {
        return evidence;
    }

    void reply(MemberStatus status) {
        replied.add(status);
    }

    void expectOpinion() {
        opinionExpected = true;
    }

    void opinion(List<MemberStatus> suspects) {
        opinionExpected = false;
        suspected = suspects;
    }

    boolean isDue(long timerNs) {
        long waitedNs = timerNs - startedNs;
        boolean opinionWouldHelp = opinionExpected && waitedNs < SILENCE_NS && isBehindButNotFew(behind());
        return (replied.size() == members.size() && !opinionWouldHelp)
                || waitedNs >= LONGEST_NS
                || (waitedNs >= SILENCE_NS && members.stream().noneMatch(status -> isUndecided(status, timerNs)));
    }

    /** Did not answer although its heartbeats came, or might just be late. */
    private boolean isUndecided(MemberStatus status, long timerNs) {
        return !replied.contains(status) && !isSilent(status, timerNs);
    }

    private boolean isSilent(MemberStatus status, long timerNs) {
        boolean waitedOut = timerNs - startedNs >= LONGEST_NS;
        boolean stale = status.silentForNs(timerNs) >= SILENCE_NS
                && (waitedOut || status.phi(timerNs) == 0 || status.phi(timerNs) >= SUSPICIOUS_PHI);
        return !replied.contains(status) && (status.isStopped() || stale);
    }

    List<MemberStatus> culprits(long timerNs) {
        boolean anybodySilent = members.stream().anyMatch(status -> isSilent(status, timerNs));
        return anybodySilent ? silent(timerNs) : furthestBehind();
    }

    /** Those without a sign of life; nobody if that is all of several, which is more likely our own side's fault. */
    List<MemberStatus> silent(long timerNs) {
        List<MemberStatus> silent =
                members.stream().filter(status -> isSilent(status, timerNs)).toList();
        return silent.size() == members.size() && members.size() > 1 ? List.of() : silent;
    }

    private List<MemberStatus> furthestBehind() {
        List<MemberStatus> behind = behind();
        if (isBehindButNotFew(behind)) {
            behind = behind.stream().filter(suspected::contains).toList();
        }
        return isFew(behind) ? behind : List.of();
    }

    /** Those of whom none came further; nobody if all came equally far. */
    private List<MemberStatus> behind() {
        long lowest = members.stream().mapToLong(MemberStatus::enqueued).min().orElse(0);
        long highest = members.stream().mapToLong(MemberStatus::enqueued).max().orElse(0);
        return members.stream()
                .filter(status -> lowest < highest && status.enqueued() == lowest)
                .toList();
    }

    private boolean isFew(List<MemberStatus> some) {
        return some.size() == 1 || 2 * some.size() < members.size();
    }

    private boolean isBehindButNotFew(List<MemberStatus> behind) {
        return !behind.isEmpty() && !isFew(behind);
    }
}
