/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * JMH's results as lines that {@code docs/RESULTS.md} can take: medians, since a machine that is shared has iterations
 * which say nothing.
 */
final class ResultTable {
    private static final double MEDIAN = 50;

    private ResultTable() {}

    static String of(Collection<RunResult> results) {
        Table table = new Table(List.of("benchmark", "median", "lowest", "highest", "unit", "B/op"));
        for (RunResult result : results) {
            String name = name(result.getParams());
            Result<?> allocated = result.getSecondaryResults().get(AllocationProfiler.LABEL);
            table.add(row(name, result.getPrimaryResult(), allocated == null ? "" : exact(allocated.getScore())));
            result.getSecondaryResults().forEach((label, other) -> {
                if (!label.equals(AllocationProfiler.LABEL)) {
                    table.add(row(name + ": " + label, other, ""));
                }
            });
        }
        return table.toString();
    }

    private static List<String> row(String name, Result<?> result, String allocated) {
        Statistics samples = result.getStatistics();
        return List.of(
                name,
                number(samples.getPercentile(MEDIAN)),
                number(samples.getMin()),
                number(samples.getMax()),
                result.getScoreUnit(),
                allocated);
    }

    private static String exact(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String name(BenchmarkParams parameters) {
        String name = parameters.getBenchmark();
        String method = name.substring(name.lastIndexOf('.') + 1);
        String owner = name.substring(0, name.lastIndexOf('.'));
        String values = parameters.getParamsKeys().stream()
                .map(key -> key + "=" + parameters.getParam(key))
                .collect(Collectors.joining(", "));
        return owner.substring(owner.lastIndexOf('.') + 1) + "." + method + (values.isEmpty() ? "" : " " + values);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }
}
