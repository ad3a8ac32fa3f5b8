/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds the command line of a rank that is a Java program out of Convoy's own modules. */
public final class RankJvm {
    private RankJvm() {}

    /**
     * A command that runs a main class with the agent's JDK and the agent's own module path or class path.
     *
     * <p>The JVM leaves nothing in the temp folder and may call native code.
     *
     * @param flags further flags of the JVM, such as the size of its heap
     * @param module module of the main class; not used where the agent itself runs on the class path
     * @param mainClass binary name of the main class
     * @param arguments its arguments
     * @return the command
     */
    public static List<String> command(List<String> flags, String module, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(java().toString());
        command.add("-XX:-UsePerfData");
        command.add("-XX:+UseSerialGC");
        String modulePath = System.getProperty("jdk.module.path");
        // On the class path there is no such module, and the JVM would say so.
        command.add("--enable-native-access=ALL-UNNAMED" + (modulePath == null ? "" : ",dev.convoy.bindings"));
        command.addAll(flags);
        if (modulePath != null) {
            command.addAll(List.of("-p", absolute(modulePath), "-m", module + "/" + mainClass));
        } else {
            command.addAll(List.of("-cp", absolute(System.getProperty("java.class.path")), mainClass));
        }
        command.addAll(arguments);
        return List.copyOf(command);
    }

    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static String absolute(String path) {
        List<String> entries = new ArrayList<>();
        for (String entry : path.split(File.pathSeparator)) {
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, entries);
    }
}
