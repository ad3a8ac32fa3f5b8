/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.Communicator;
import dev.convoy.launcher.agent.ConvoyClassPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The command line of a rank's process: a small, quickly started JVM with the class path of the collectives and the
 * histogram alone. A module path would cost a tenth of a second to resolve.
 */
final class RankCommand {
    /** The code cache is only reserved; a smaller one is collected at a sixth of its size, in the middle of a run. */
    private static final List<String> FLAGS = List.of(
            "-XX:-UsePerfData",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xms16m",
            "-Xmn8m",
            "-Xss512k",
            "-XX:ReservedCodeCacheSize=64m",
            "--enable-native-access=ALL-UNNAMED");

    private static final int HEAP_MEGABYTES = 48;
    /** Its latencies and what it sends of them. */
    private static final int MEGABYTES_A_RANK = 1;

    private RankCommand() {}

    static List<String> of(Plan plan, Path execHelper, int firstRank) {
        List<String> command = new ArrayList<>();
        command.add(execHelper.toString());
        command.add(Long.toString(ProcessHandle.current().pid()));
        command.add("--");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.add("-Xmx" + (HEAP_MEGABYTES + MEGABYTES_A_RANK * plan.threads()) + "m");
        command.add("-cp");
        command.add(ConvoyClassPath.of(Communicator.class, RankCommand.class, Histogram.class));
        command.add(RankMain.class.getName());
        command.add(Integer.toString(firstRank));
        command.addAll(plan.toArguments());
        return command;
    }
}
