/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.bindings.Posix;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.Trial;
import dev.convoy.cudatests.ranks.Ranks;
import java.util.Locale;

/**
 * An operation that a stopped rank never joins: it is late, it is aborted in flight, and the device is of use again.
 */
public final class AbortTrial implements Trial {
    private static final double NANOS_PER_MILLI = 1e6;

    /** Made by the list of trials. */
    public AbortTrial() {}

    @Override
    public String name() {
        return "abort-in-flight";
    }

    @Override
    public String run(Bench bench) throws Exception {
        bench.runtime();
        try (Ranks ranks = Ranks.start(bench, "abort", 2)) {
            Check.equal(0, Posix.kill((int) ranks.of(1).pid(), Posix.SIGSTOP), "SIGSTOP of rank 1");
            ranks.of(0).tell("go on");
            ranks.of(0).expect("late", Ranks.PATIENCE);
            long nanos = Long.parseLong(ranks.of(0).expect("aborted ", Ranks.PATIENCE));
            ranks.of(0).expect("works on", Ranks.PATIENCE);
            return String.format(
                    Locale.ROOT,
                    "aborted in %.1f ms with a stopped peer; the device works on",
                    nanos / NANOS_PER_MILLI);
        }
    }
}
