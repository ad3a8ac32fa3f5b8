/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of test programs, run by the test's own JDK on the test's own class path. */
final class Programs {
    private Programs() {}

    static List<String> java(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:-UsePerfData");
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    static List<String> shell(String script) {
        return List.of("sh", "-c", script);
    }
}
