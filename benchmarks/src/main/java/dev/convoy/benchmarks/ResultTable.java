/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** JMH's results as lines that {@code docs/RESULTS.md} can take. */
final class ResultTable {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private ResultTable() {}

    static String of(Collection<RunResult> results) {
        Table table = new Table(List.of("benchmark", "time", "±", "unit", "B/op"));
        for (RunResult result : results) {
            Result<?> time = result.getPrimaryResult();
            Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            table.add(List.of(
                    name(result.getParams()),
                    number(time.getScore()),
                    number(time.getScoreError()),
                    time.getScoreUnit(),
                    allocated == null ? "" : number(allocated.getScore())));
        }
        return table.toString();
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
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }
}
