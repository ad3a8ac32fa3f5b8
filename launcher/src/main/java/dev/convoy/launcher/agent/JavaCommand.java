/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Completes a command that starts a JVM: it shall leave no file in the temp folder when it is killed, may call native
 * code without a warning, and finds Convoy's jars behind its own class path.
 *
 * <p>Flags that the command itself gives come later and win. Environment variables would do the same, but the JVM
 * announces each of them on standard error.
 */
final class JavaCommand {
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final Set<String> CLASS_PATH = Set.of("-cp", "-classpath", "--class-path");
    /** Options whose value is the next argument; the first other argument without a dash is the program. */
    private static final Set<String> WITH_VALUE = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--add-reads",
            "--add-exports",
            "--add-opens",
            "--limit-modules",
            "--patch-module",
            "--enable-native-access",
            "--source",
            "-d",
            "--describe-module");

    private JavaCommand() {}

    /**
     * Completes a command.
     *
     * @param command resolved command; left as it is unless its file name is {@code java}
     * @param convoyClassPath Convoy's jars
     * @return the completed command
     */
    static List<String> complete(List<String> command, String convoyClassPath) {
        String program = command.getFirst();
        if (!program.equals("java") && !program.endsWith("/java")) {
            return command;
        }
        List<String> completed = new ArrayList<>(command.size() + 2);
        completed.add(program);
        completed.add("-XX:-UsePerfData");
        completed.add(NATIVE_ACCESS);
        int at = 1;
        while (at < command.size() && command.get(at).startsWith("-") && !endsOptions(command.get(at))) {
            at = copyOption(command, at, completed, convoyClassPath);
        }
        completed.addAll(command.subList(at, command.size()));
        return completed;
    }

    private static boolean endsOptions(String option) {
        return option.equals("-jar") || option.equals("-m") || option.equals("--module");
    }

    private static int copyOption(List<String> command, int at, List<String> completed, String convoyClassPath) {
        String option = command.get(at);
        boolean valueFollows = WITH_VALUE.contains(option) && at + 1 < command.size();
        if (option.startsWith("--class-path=")) {
            completed.add(option + ":" + convoyClassPath);
            return at + 1;
        }
        completed.add(option);
        if (!valueFollows) {
            return at + 1;
        }
        String value = command.get(at + 1);
        completed.add(CLASS_PATH.contains(option) ? value + ":" + convoyClassPath : value);
        return at + 2;
    }
}
