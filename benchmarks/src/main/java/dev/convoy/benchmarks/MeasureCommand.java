/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import dev.convoy.benchmarks.runs.GrowthCommand;
import dev.convoy.benchmarks.runs.StartupCommand;
import dev.convoy.benchmarks.runs.SteadyCommand;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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
    private record Length(int rounds, int warmUps, int iterations, TimeValue time) {
        static final Length FULL = new Length(3, 5, 5, TimeValue.milliseconds(500));
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

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often each benchmark runs, in a JVM of its own, all in turn: a machine's speed drifts by"
                    + " more than the differences to be seen (default: 3, 1 with --quick).")
    private Integer rounds;

    @Override
    public Integer call() throws RunnerException {
        Path log = Natives.folder().resolveSibling("jmh.log");
        Length length = quick ? Length.QUICK : Length.FULL;
        int wanted = rounds == null ? length.rounds() : rounds;
        if (wanted < 1) {
            throw new ParameterException(spec.commandLine(), "--rounds must be at least 1, not " + wanted);
        }
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(pattern)
                .forks(1)
                .warmupIterations(length.warmUps())
                .warmupTime(length.time())
                .measurementIterations(length.iterations())
                .measurementTime(length.time())
                .addProfiler(AllocationProfiler.class)
                .shouldFailOnError(true)
                .output(log.toString());
        System.err.println("JMH's own output goes to " + log);
        try {
            Rounds measured = new Rounds();
            for (int round = 0; round < wanted; round++) {
                measured.add(new Runner(options.build()).run());
            }
            System.out.print(ResultTable.of(measured.results()));
            System.out.print(BaselineTable.of(measured.results()));
            return CommandLine.ExitCode.OK;
        } catch (NoBenchmarksException e) {
            throw new ParameterException(spec.commandLine(), "no benchmark's name contains a match of " + pattern, e);
        }
    }
}
