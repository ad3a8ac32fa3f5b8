/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, once and in this JVM: what its figures are worth is not asked here. */
@Timeout(120)
class EveryBenchmarkTest {
    @Test
    void runsOnceInEveryVariant(@TempDir Path folder) throws Exception {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .mode(Mode.SingleShotTime)
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .shouldFailOnError(true)
                        .param("mebibytes", "1")
                        .output(folder.resolve("jmh.log").toString())
                        .build())
                .run();

        assertThat(results.stream()
                        .map(result -> result.getParams().getBenchmark())
                        .collect(Collectors.toSet()))
                .isNotEmpty()
                .isEqualTo(all());
        assertThat(ResultTable.of(results).lines()).hasSizeGreaterThanOrEqualTo(results.size() + 2);
    }

    private static Set<String> all() {
        return BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
                .stream()
                .map(entry -> entry.getUsername())
                .collect(Collectors.toSet());
    }
}
