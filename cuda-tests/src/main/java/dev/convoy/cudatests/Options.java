/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import dev.convoy.RuntimeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the command line asks for.
 *
 * @param runtime which libraries are tried
 * @param isQuick whether less of everything is enough
 * @param isList whether to print the names of the trials, and run none
 * @param only the trials that were named; empty for all
 */
record Options(RuntimeKind runtime, boolean isQuick, boolean isList, List<String> only) {
    static final String USAGE = "[--runtime cuda|host] [--quick] [--list] [TRIAL…]";

    Options {
        only = List.copyOf(only);
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    static Options parse(List<String> arguments) {
        RuntimeKind runtime = RuntimeKind.CUDA;
        boolean isQuick = false;
        boolean isList = false;
        List<String> only = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            switch (argument) {
                case "--runtime" -> runtime = runtime(i + 1 < arguments.size() ? arguments.get(++i) : "");
                case "--quick" -> isQuick = true;
                case "--list" -> isList = true;
                default -> only.add(trial(argument));
            }
        }
        return new Options(runtime, isQuick, isList, only);
    }

    private static RuntimeKind runtime(String name) {
        return switch (name) {
            case "cuda" -> RuntimeKind.CUDA;
            case "host" -> RuntimeKind.HOST;
            default -> throw new IllegalArgumentException("--runtime '" + name + "': must be cuda or host");
        };
    }

    private static String trial(String name) {
        if (Trials.named(name).isEmpty()) {
            throw new IllegalArgumentException("no trial is called '" + name + "'; --list shows them. Usage: " + USAGE);
        }
        return name;
    }

    List<Trial> trials() {
        return Trials.all().stream()
                .filter(trial -> only.isEmpty() || only.contains(trial.name()))
                .toList();
    }

    /** What a trial's own process is told. */
    List<String> forTrial(Trial trial) {
        List<String> arguments =
                new ArrayList<>(List.of("--runtime", runtime.name().toLowerCase(Locale.ROOT)));
        if (isQuick) {
            arguments.add("--quick");
        }
        arguments.add(trial.name());
        return arguments;
    }
}
