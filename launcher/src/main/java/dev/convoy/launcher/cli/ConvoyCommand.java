/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.cli;

import dev.convoy.launcher.CommandProvider;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.UsageException;
import dev.convoy.launcher.perf.PerfCommand;
import dev.convoy.launcher.report.ConvoyVersion;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line's root: finds the subcommands, turns every failure into one line and a status. */
@Command(
        name = "convoy",
        description = "NCCL collectives for the JVM that keep going when a rank is lost.",
        subcommands = {RunCommand.class, PerfCommand.class, DoctorCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = ConvoyCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class ConvoyCommand implements Runnable {
    static final int FAILURE = 1;
    static final int USAGE = 2;

    @Spec
    private CommandSpec spec;

    /** Created by picocli. */
    public ConvoyCommand() {}

    /**
     * Runs a command line.
     *
     * @param arguments the command line
     * @return its exit status
     */
    public static int execute(String... arguments) {
        CommandLine line = new CommandLine(new ConvoyCommand());
        ServiceLoader.load(CommandProvider.class).forEach(provider -> line.addSubcommand(provider.command()));
        line.setExpandAtFiles(false);
        line.setParameterExceptionHandler((problem, ignored) -> refuse(UsageProblem.describe(problem)));
        line.setExecutionExceptionHandler((problem, command, ignored) -> failed(problem));
        // What follows the first word of a rank's command is that command's own.
        line.getSubcommands().get("run").setStopAtPositional(true);
        return line.execute(arguments);
    }

    /** Without a subcommand there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }

    private static int refuse(String problem) {
        System.err.println("convoy: " + oneLine(problem));
        return USAGE;
    }

    private static int failed(Exception problem) throws Exception {
        return switch (problem) {
            case UsageException usage -> refuse(usage.getMessage());
            case ParameterException usage -> refuse(UsageProblem.describe(usage));
            case JobException failure -> {
                System.err.println("convoy: " + oneLine(failure.getMessage()));
                yield FAILURE;
            }
            // A defect of ours: its trace is what helps.
            default -> throw problem;
        };
    }

    private static String oneLine(String text) {
        return String.valueOf(text).replaceAll("\\s*\\R\\s*", " ");
    }

    /** The version line. */
    static final class Version implements IVersionProvider {
        /** Created by picocli. */
        Version() {}

        @Override
        public String[] getVersion() {
            return new String[] {"convoy " + ConvoyVersion.get()};
        }
    }
}
