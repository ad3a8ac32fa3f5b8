/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.Capability;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.SkippedException;
import dev.convoy.cudatests.Trial;
import dev.convoy.cudatests.ranks.Ranks;
import java.util.Locale;

/** Three ranks of which two go on by NCCL's own shrinking. */
public final class ShrinkTrial implements Trial {
    private static final int RANKS = 3;
    private static final double NANOS_PER_MILLI = 1e6;

    /** Made by the list of trials. */
    public ShrinkTrial() {}

    @Override
    public String name() {
        return "shrink";
    }

    @Override
    public String run(Bench bench) throws Exception {
        if (!bench.runtime().supports(Capability.SHRINK)) {
            throw new SkippedException("NCCL " + bench.runtime().version() + " has no ncclCommShrink");
        }
        try (Ranks ranks = Ranks.start(bench, "shrink", RANKS)) {
            long slowest = 0;
            for (int rank = 0; rank < RANKS - 1; rank++) {
                slowest = Math.max(slowest, Long.parseLong(ranks.of(rank).expect("shrunk ", Ranks.PATIENCE)));
                ranks.of(rank).expect("works on", Ranks.PATIENCE);
            }
            return String.format(Locale.ROOT, "from 3 to 2 ranks in %.1f ms, sums right", slowest / NANOS_PER_MILLI);
        }
    }
}
