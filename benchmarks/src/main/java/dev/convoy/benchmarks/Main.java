/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import picocli.CommandLine;

/** {@code benchmarks/jmh/run}: the benchmarks, and the long runs beside them. */
public final class Main {
    private Main() {}

    /** Runs the command line; the exit status is 0 if all went well and held, 2 for a usage error, else 1. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new MeasureCommand());
        line.setParameterExceptionHandler((e, _) -> {
            System.err.println("jmh/run: " + e.getMessage() + "; --help shows what can be asked for");
            return CommandLine.ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((e, _, _) -> {
            e.printStackTrace();
            return CommandLine.ExitCode.SOFTWARE;
        });
        System.exit(line.execute(arguments));
    }
}
