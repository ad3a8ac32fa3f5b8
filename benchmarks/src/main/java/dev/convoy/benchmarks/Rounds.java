/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;

/** What several runs of the same benchmarks gave: one result a benchmark, which keeps the runs apart and in order. */
final class Rounds {
    private final Map<String, RunResult> results = new LinkedHashMap<>();

    void add(Collection<RunResult> round) {
        for (RunResult result : round) {
            results.merge(result.getParams().id(), result, Rounds::joined);
        }
    }

    private static RunResult joined(RunResult before, RunResult now) {
        List<BenchmarkResult> runs = new ArrayList<>(before.getBenchmarkResults());
        runs.addAll(now.getBenchmarkResults());
        return new RunResult(before.getParams(), runs);
    }

    Collection<RunResult> results() {
        return results.values();
    }
}
