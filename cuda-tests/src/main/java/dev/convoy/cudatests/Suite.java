/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import dev.convoy.cudatests.Verdict.Outcome;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs trials one after the other, prints what they say, and sums up. */
final class Suite {
    private static final int FAILED = 1;
    private static final int NOTHING_RAN = 3;
    private static final double NANOS = 1e9;

    private final Options options;
    private final PrintStream out;
    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    private final List<String> results = new ArrayList<>();

    Suite(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** The process's exit status. */
    int run() throws InterruptedException {
        for (Trial trial : options.trials()) {
            out.println("--- " + trial.name());
            out.flush();
            long began = System.nanoTime();
            Verdict verdict = new TrialProcess(options, trial, out).run();
            add(trial, verdict, (System.nanoTime() - began) / NANOS);
        }
        return summary();
    }

    private void add(Trial trial, Verdict verdict, double seconds) {
        counts.merge(verdict.outcome(), 1, Integer::sum);
        String result = String.format(
                Locale.ROOT, "%-4s %-20s %6.1f s  %s", verdict.outcome(), trial.name(), seconds, verdict.detail());
        results.add(result);
        out.println(result);
        out.flush();
    }

    private int summary() {
        out.println();
        out.println("=== results, runtime " + options.runtime());
        results.forEach(out::println);
        int passed = counts.getOrDefault(Outcome.PASS, 0);
        int failed = counts.getOrDefault(Outcome.FAIL, 0);
        out.println(passed + " passed, " + failed + " failed, " + counts.getOrDefault(Outcome.SKIP, 0) + " skipped");
        out.flush();
        if (failed > 0) {
            return FAILED;
        }
        return passed > 0 ? 0 : NOTHING_RAN;
    }
}
