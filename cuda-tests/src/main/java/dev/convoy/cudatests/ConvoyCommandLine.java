/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import dev.convoy.launcher.Main;
import dev.convoy.launcher.RankJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Convoy's own command line, run as a user runs it. */
public final class ConvoyCommandLine {
    private static final List<String> FLAGS = List.of("-XX:TieredStopAtLevel=1", "-Xmx256m");

    private ConvoyCommandLine() {}

    /**
     * Runs a command to its end.
     *
     * @param bound the longest time
     * @param arguments what comes after {@code convoy}
     * @return its lines, output and errors
     * @throws AssertionError if it fails or does not end
     * @throws IOException if it cannot be started
     * @throws InterruptedException if this thread is interrupted
     */
    public static List<String> run(Duration bound, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = RankJvm.command(FLAGS, "dev.convoy.launcher", Main.class.getName(), arguments);
        String text = "convoy " + String.join(" ", arguments);
        try (Child child = Child.start(command, Map.of(), _ -> {})) {
            if (!child.awaitEnd(bound)) {
                throw new AssertionError(
                        text + ": not ended after " + bound.toSeconds() + " s: " + String.join(" | ", child.lines()));
            }
            if (child.status() != 0) {
                throw new AssertionError(
                        text + ": exit status " + child.status() + ": " + String.join(" | ", child.lines()));
            }
            return child.lines();
        }
    }
}
