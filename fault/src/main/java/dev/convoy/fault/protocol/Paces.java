/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.detect.StragglerScore;
import dev.convoy.fault.detect.StragglerScore.Straggler;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How fast the members of an epoch are, in blocks of a second or, where steps take longer, of a step. */
final class Paces {
    private static final long BLOCK_NS = 1_000_000_000L;
    private static final int MOST_REPORTS = 16;

    private final Stragglers stragglers;
    private final List<MemberStatus> members;
    private final StragglerScore score;
    private final Map<MemberStatus, Integer> ranks = new HashMap<>();
    private final Set<Integer> known = new HashSet<>();
    // Of the present block, by rank.
    private final long[][] reports;
    private final int[] counts;
    private int missing;
    private long beganNs = Long.MIN_VALUE;

    Paces(Stragglers stragglers, List<MemberStatus> members) {
        this.stragglers = stragglers;
        this.members = members;
        score = new StragglerScore(members.size());
        for (MemberStatus status : members) {
            ranks.put(status, ranks.size());
        }
        reports = new long[members.size()][];
        counts = new int[members.size()];
        missing = members.size();
    }

    /** A member needed so long for a step, before it waited for anybody. */
    void report(MemberStatus status, long ownNs, long timerNs) {
        Integer rank = ranks.get(status);
        if (rank == null || ownNs <= 0) {
            return;
        }
        beganNs = beganNs == Long.MIN_VALUE ? timerNs : beganNs;
        keep(rank, ownNs);
        if (missing == 0 && timerNs - beganNs >= BLOCK_NS) {
            close(timerNs);
        }
    }

    private void keep(int rank, long ownNs) {
        if (counts[rank] == 0) {
            reports[rank] = reports[rank] == null ? new long[MOST_REPORTS] : reports[rank];
            missing--;
        }
        // The newest ones, where there are more than fit.
        reports[rank][counts[rank]++ % MOST_REPORTS] = ownNs;
    }

    private void close(long timerNs) {
        long[] block = new long[members.size()];
        for (int rank = 0; rank < block.length; rank++) {
            long[] kept = Arrays.copyOf(reports[rank], Math.min(counts[rank], MOST_REPORTS));
            Arrays.sort(kept);
            block[rank] = kept[kept.length / 2];
        }
        Arrays.fill(counts, 0);
        missing = members.size();
        beganNs = timerNs;
        for (Straggler straggler : score.block(block)) {
            if (known.add(straggler.rank())) {
                stragglers.found(members.get(straggler.rank()), straggler);
            }
        }
    }
}
