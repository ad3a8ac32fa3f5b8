/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line and what would be right, in one line. */
final class UsageProblem {
    private UsageProblem() {}

    static String describe(ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        boolean root = command.getParent() == null;
        String name = command.getCommandSpec().qualifiedName();
        if (root) {
            String commands = String.join(", ", command.getSubcommands().keySet());
            return what(problem) + "; the commands are " + commands;
        }
        return what(problem) + "; " + name + " --help shows the options";
    }

    private static String what(ParameterException problem) {
        return switch (problem) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing
            when !missing.getMissing().isEmpty() -> missing(missing.getMissing().getFirst());
            default -> conversion(problem);
        };
    }

    private static String unmatched(UnmatchedArgumentException problem) {
        List<String> arguments = problem.getUnmatched();
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        if (first.startsWith("-")) {
            return "there is no option " + first;
        }
        return problem.getCommandLine().getParent() == null
                ? "there is no command " + first
                : "nothing takes the argument " + first;
    }

    private static String missing(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? option.longestName() + " " + option.paramLabel() + " is missing"
                : argument.paramLabel() + " is missing";
    }

    private static String conversion(ParameterException problem) {
        boolean wrongValue = problem.getCause() instanceof TypeConversionException || problem.getValue() != null;
        if (wrongValue && problem.getArgSpec() instanceof OptionSpec option) {
            return option.longestName() + " " + problem.getValue() + ": " + expected(option);
        }
        return problem.getMessage();
    }

    private static String expected(OptionSpec option) {
        Class<?> type = option.type();
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "must be a whole number";
        }
        return type == double.class || type == Double.class ? "must be a number" : "is not a " + option.paramLabel();
    }
}
