/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import dev.convoy.benchmarks.runs.GrowthCommand;
import dev.convoy.benchmarks.runs.StartupCommand;
import dev.convoy.benchmarks.runs.SteadyCommand;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the JMH benchmarks, and prints one table of times and allocations. */
@Command(
        name = "jmh/run",
        description = "Measures what happens inside a JVM: the JMH benchmarks, or one of the runs below.",
        subcommands = {SteadyCommand.class, GrowthCommand.class, StartupCommand.class},
        mixinStandardHelpOptions = true)
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

    @Spec
    private CommandSpec spec;

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
        try {
            Collection<RunResult> results = new Runner(options.build()).run();
            System.out.print(ResultTable.of(results));
            return CommandLine.ExitCode.OK;
        } catch (NoBenchmarksException e) {
            throw new ParameterException(spec.commandLine(), "no benchmark's name contains a match of " + pattern, e);
        }
    }
}
