/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.protocol.Distrust.Divergence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What follows when the ranks' replicated state differs: all go back, for a bit may flip anywhere once. The process
 * that differs again soon is excluded. Where no majority says who is wrong, the second time ends the job.
 */
final class Divergences {
    private static final String SUSPICION =
            ": its memory or arithmetic is damaged, or its program changes that state otherwise";

    private final Job job;
    private final Map<MemberId, Version> last = new HashMap<>();
    private Version lastWithoutMajority;

    Divergences(Job job) {
        this.job = job;
    }

    /** Something that the present epoch's members found, of whom the first to say so is heard. */
    void found(RankMessage.Diverged found) {
        Version version = version(found);
        job.epochs.refuse(version);
        job.worthKeeping();
        Detection detection =
                new Detection(Incident.Cause.CORRUPTION, Incident.DetectedBy.CHECKSUM, job.clock.stamp(found.atNs()));
        String names = job.epochs.names(found.epoch(), found.communicatorRanks());
        List<MemberStatus> odd = members(found);
        if (odd.isEmpty()) {
            withoutMajority(detection, found);
            return;
        }
        List<MemberStatus> again = odd.stream()
                .filter(status -> isSoon(last.get(status.id()), version))
                .toList();
        odd.forEach(status -> last.put(status.id(), version));
        if (again.isEmpty()) {
            job.rollBack(detection, odd, names + " " + found.what() + SUSPICION);
        } else {
            job.lose(again.stream().map(status -> loss(status, detection)).toList());
        }
    }

    /** Where what follows has been decided already; the next time is another time. */
    void remember(RankMessage.Diverged found) {
        Version version = version(found);
        List<MemberStatus> odd = members(found);
        odd.forEach(status -> last.put(status.id(), version));
        lastWithoutMajority = odd.isEmpty() ? version : lastWithoutMajority;
        job.worthKeeping();
    }

    private static Version version(RankMessage.Diverged found) {
        return new Version(found.epoch(), found.step());
    }

    /** What a successor must know. */
    List<Divergence> history() {
        return last.entrySet().stream()
                .map(entry -> new Divergence(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Where members differed last without a majority; null if they never did. */
    Version undecided() {
        return lastWithoutMajority;
    }

    void inherit(List<Divergence> history, Version undecided) {
        history.forEach(each -> last.put(each.who(), each.at()));
        lastWithoutMajority = undecided;
    }

    private List<MemberStatus> members(RankMessage.Diverged found) {
        List<MemberId> members = job.epochs.members(found.epoch());
        return Arrays.stream(found.communicatorRanks())
                .distinct()
                .filter(rank -> rank >= 0 && rank < members.size())
                .mapToObj(rank -> job.members.find(members.get(rank)))
                .filter(Objects::nonNull)
                .filter(status -> !status.isExcluded())
                .toList();
    }

    private void withoutMajority(Detection detection, RankMessage.Diverged found) {
        boolean again = isSoon(lastWithoutMajority, version(found));
        lastWithoutMajority = version(found);
        if (again) {
            job.giveUp(
                    detection,
                    found.what() + ", for the second time within " + JobSpec.DIVERGENCE_STEPS
                            + " steps: the program changes that state differently on the ranks, or a memory is"
                            + " damaged");
        } else {
            job.rollBack(detection, List.of(), found.what());
        }
    }

    // Of the same version it is not again: it was found under a former coordinator, and is repeated.
    private static boolean isSoon(Version before, Version now) {
        return before != null
                && !before.equals(now)
                && Math.abs(now.step() - before.step()) <= JobSpec.DIVERGENCE_STEPS;
    }

    private static Loss loss(MemberStatus status, Detection detection) {
        return new Loss(
                status,
                detection.cause(),
                detection.detectedBy(),
                detection.atNs(),
                "held other bytes in its replicated state than the others, for the second time within "
                        + JobSpec.DIVERGENCE_STEPS + " steps",
                0);
    }
}
