/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the JMH benchmarks, and prints one table of times and allocations. */
@Command(name = "jmh/run", description = "Measures what happens inside a JVM.", mixinStandardHelpOptions = true)
final class MeasureCommand implements Callable<Integer> {
    /** How long a measurement is. */
    private record Length(int forks, int warmUps, int iterations, TimeValue time) {
        static final Length FULL = new Length(2, 5, 5, TimeValue.seconds(1));
        static final Length QUICK = new Length(1, 3, 3, TimeValue.milliseconds(200));
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            defaultValue = ".*",
            paramLabel = "PATTERN",
            description = "Regular expression that the name of a benchmark contains a match of.")
    private String pattern;

    @Option(names = "--quick", description = "Seconds instead of minutes, for a first look.")
    private boolean quick;

    @Override
    public Integer call() throws RunnerException {
        Path log = Natives.folder().resolveSibling("jmh.log");
        Length length = quick ? Length.QUICK : Length.FULL;
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(pattern)
                .forks(length.forks())
                .warmupIterations(length.warmUps())
                .warmupTime(length.time())
                .measurementIterations(length.iterations())
                .measurementTime(length.time())
                .addProfiler(AllocationProfiler.class)
                .shouldFailOnError(true)
                .output(log.toString());
        System.err.println("JMH's own output goes to " + log);
        Collection<RunResult> results = new Runner(options.build()).run();
        System.out.print(ResultTable.of(results));
        return 0;
    }
}
