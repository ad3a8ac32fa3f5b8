/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;

/**
 * How much longer a call takes than the same call from C: the difference within a round, since between rounds the
 * machine's speed may have changed; then the median of the rounds.
 */
final class BaselineTable {
    /** The benchmark {@code callC} is the baseline of all others whose names begin with {@code call}. */
    private static final String BASELINE = "C";

    private static final double MEDIAN = 50;

    private BaselineTable() {}

    /** Empty where nothing was measured in C. */
    static String of(Collection<RunResult> results) {
        Table table = new Table(List.of("more than from C", "median", "lowest", "highest", "unit"));
        boolean any = false;
        for (RunResult baseline : results) {
            String call = call(baseline);
            for (RunResult other : call == null ? List.<RunResult>of() : results) {
                if (other != baseline && name(other).startsWith(call)) {
                    table.add(row(other, baseline));
                    any = true;
                }
            }
        }
        return any ? "\n" + table : "";
    }

    private static String call(RunResult result) {
        String name = name(result);
        return name.endsWith(BASELINE) ? name.substring(0, name.length() - BASELINE.length()) : null;
    }

    private static String name(RunResult result) {
        return result.getParams().getBenchmark();
    }

    private static List<String> row(RunResult other, RunResult baseline) {
        double[] differences = differences(other, baseline);
        Arrays.sort(differences);
        String name = name(other);
        return List.of(
                name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                number(differences[differences.length / 2]),
                number(differences[0]),
                number(differences[differences.length - 1]),
                other.getPrimaryResult().getScoreUnit());
    }

    private static double[] differences(RunResult other, RunResult baseline) {
        Iterator<BenchmarkResult> plain = baseline.getBenchmarkResults().iterator();
        return other.getBenchmarkResults().stream()
                .mapToDouble(run -> median(run) - median(plain.next()))
                .toArray();
    }

    private static double median(BenchmarkResult run) {
        return run.getPrimaryResult().getStatistics().getPercentile(MEDIAN);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
