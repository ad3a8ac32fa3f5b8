/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds who holds up an epoch. Everybody is asked for its last operation; to blame are those silent with stale
 * heartbeats, else those behind all others that have not come to the operation which somebody waited for in vain, else
 * nobody. Where too many are behind, another opinion may say which of them; by itself it is no evidence.
 */
final class HangDiagnosis {
    /** How long answers may take, and how long a silence must be. */
    static final long SILENCE_NS = 500_000_000L;
    // On a machine so loaded that heartbeats come irregularly a silence means less: wait, but not for ever.
    private static final long LONGEST_NS = 2_000_000_000L;
    private static final long BETWEEN_LOOKS_NS = 250_000_000L;
    private static final double SUSPICIOUS_PHI = 8;

    private final Detection evidence;
    private final List<MemberStatus> members;
    private final Set<MemberStatus> replied = new HashSet<>();
    private long startedNs;
    // What everybody said when it was asked first; null as long as it has not been asked again.
    private Map<MemberStatus, Long> firstLook;
    private boolean awaitsSecondLook;
    private boolean complained;
    // The first collective that somebody gave up waiting for; with nobody's word for it, whichever anybody is in.
    private long awaited = Long.MAX_VALUE;
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

    /**
     * Somebody gave up waiting in its n-th collective; 0 if it does not say in which. Who has come to it as well is not
     * to blame, however far the others are by now: a late operation may still have ended while this was asked.
     */
    void gaveUpIn(long collective) {
        complained = true;
        if (collective > 0) {
            awaited = Math.min(awaited, collective);
        }
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

    /** Silence was all the evidence, and everybody has answered. */
    boolean isUnfounded() {
        return !complained
                && evidence.detectedBy() == Incident.DetectedBy.HEARTBEAT
                && replied.size() == members.size();
    }

    /**
     * Nobody has given up, only a bound has passed: the group may just be moving again, and answers given some moments
     * apart would make the first to answer look behind.
     */
    boolean mustLookAgain(long timerNs) {
        return !complained && firstLook == null && members.stream().noneMatch(status -> isSilent(status, timerNs));
    }

    /** Everybody is to be asked again, though not at once: who is only slow must have had the time to move. */
    void lookAgain(long timerNs) {
        firstLook = new HashMap<>();
        members.forEach(status -> firstLook.put(status, status.enqueued()));
        replied.clear();
        startedNs = timerNs + BETWEEN_LOOKS_NS;
        awaitsSecondLook = true;
    }

    /** Returns once whether it is time for the second look. */
    boolean asksAgain(long timerNs) {
        boolean asks = awaitsSecondLook && timerNs >= startedNs;
        awaitsSecondLook &= !asks;
        return asks;
    }

    /** The second look shows that somebody has gone on since the first. */
    boolean hasMoved() {
        return !complained
                && firstLook != null
                && members.stream().anyMatch(status -> status.enqueued() != firstLook.get(status));
    }

    boolean isDue(long timerNs) {
        if (awaitsSecondLook) {
            return false;
        }
        long waitedNs = timerNs - startedNs;
        boolean opinionWouldHelp = opinionExpected && waitedNs < SILENCE_NS && isBehindButNotFew(behind());
        return (replied.size() == members.size() && !opinionWouldHelp)
                || onlyStoppedOnesAreAwaited()
                || waitedNs >= LONGEST_NS
                || (waitedNs >= SILENCE_NS && members.stream().noneMatch(status -> isUndecided(status, timerNs)));
    }

    /**
     * Everybody who runs has come to the operation which somebody waited for in vain, and who has not is stopped: there
     * is no answer to wait for. One that is stopped elsewhere is given time to go on, for it may not be the reason.
     */
    private boolean onlyStoppedOnesAreAwaited() {
        long reached = target();
        return complained
                && members.stream()
                        .allMatch(status -> replied.contains(status)
                                ? status.enqueued() >= reached
                                : status.isStopped() && status.enqueued() < reached);
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

    /** Those of whom none came further; nobody if all came equally far, or as far as was waited for. */
    private List<MemberStatus> behind() {
        long lowest = members.stream().mapToLong(MemberStatus::enqueued).min().orElse(0);
        long reached = target();
        return members.stream()
                .filter(status -> lowest < reached && status.enqueued() == lowest)
                .toList();
    }

    private long target() {
        long highest = members.stream().mapToLong(MemberStatus::enqueued).max().orElse(0);
        return Math.min(highest, awaited);
    }

    /** Why a culprit is one; completes a sentence that begins with its name. */
    String why(MemberStatus culprit, long timerNs) {
        if (!isSilent(culprit, timerNs)) {
            return String.format(
                    Locale.ROOT,
                    "did not come to collective %d, in which the others wait, and is at %d",
                    target(),
                    culprit.enqueued());
        }
        return culprit.isStopped()
                ? "stopped responding: its process is stopped"
                : String.format(
                        Locale.ROOT,
                        "stopped responding: no sign of life for %.1f s",
                        culprit.silentForNs(timerNs) / 1e9);
    }

    private boolean isFew(List<MemberStatus> some) {
        return some.size() == 1 || 2 * some.size() < members.size();
    }

    private boolean isBehindButNotFew(List<MemberStatus> behind) {
        return !behind.isEmpty() && !isFew(behind);
    }
}
