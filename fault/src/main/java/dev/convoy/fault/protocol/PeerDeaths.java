/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Turns the communicator ranks that a peer saw die into members. */
final class PeerDeaths {
    private PeerDeaths() {}

    /** Only current members of the epoch that the report is about, and never the reporter. */
    static List<Loss> in(Job job, MemberStatus reporter, RankMessage.Suspect suspect) {
        if (suspect.evidence() != Evidence.PEER_DEATH) {
            return List.of();
        }
        List<MemberId> members = job.epochs.members(suspect.epoch());
        // Before the first step it matters how a process ended, which its parent learns a moment later.
        long graceNs = job.epochs.hasStepped() ? 0 : Loss.GRACE_NS;
        long atNs = job.clock.stamp(suspect.atNs());
        return Arrays.stream(suspect.communicatorRanks())
                .distinct()
                .filter(rank -> rank >= 0 && rank < members.size())
                .mapToObj(rank -> job.members.find(members.get(rank)))
                .filter(Objects::nonNull)
                .filter(status -> !status.isExcluded() && status != reporter)
                .map(status -> new Loss(
                        status,
                        Incident.Cause.EXIT,
                        Incident.DetectedBy.PEER_DEATH,
                        atNs,
                        "died, its peers say",
                        graceNs))
                .toList();
    }
}
