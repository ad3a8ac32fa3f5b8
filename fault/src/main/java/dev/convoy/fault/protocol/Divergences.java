/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

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
    private final Map<MemberId, Long> lastSteps = new HashMap<>();
    private Long lastWithoutMajority;

    Divergences(Job job) {
        this.job = job;
    }

    /** Something that the present epoch's members found, of whom the first to say so is heard. */
    void found(RankMessage.Diverged found) {
        job.epochs.refuse(new Version(found.epoch(), found.step()));
        Detection detection =
                new Detection(Incident.Cause.CORRUPTION, Incident.DetectedBy.CHECKSUM, job.clock.stamp(found.atNs()));
        String names = job.epochs.names(found.epoch(), found.communicatorRanks());
        List<MemberStatus> odd = members(found);
        if (odd.isEmpty()) {
            withoutMajority(detection, found);
            return;
        }
        List<MemberStatus> again = odd.stream()
                .filter(status -> isSoon(lastSteps.get(status.id()), found.step()))
                .toList();
        odd.forEach(status -> lastSteps.put(status.id(), found.step()));
        if (again.isEmpty()) {
            job.rollBack(detection, odd, names + " " + found.what() + SUSPICION);
        } else {
            job.lose(again.stream().map(status -> loss(status, detection)).toList());
        }
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
        boolean again = isSoon(lastWithoutMajority, found.step());
        lastWithoutMajority = found.step();
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

    private static boolean isSoon(Long before, long step) {
        return before != null && Math.abs(step - before) <= JobSpec.DIVERGENCE_STEPS;
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
