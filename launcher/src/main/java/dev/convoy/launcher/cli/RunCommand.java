/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.cli;

import dev.convoy.fault.protocol.Decision.Announce;
import dev.convoy.launcher.Job;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobOptions;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts a program as N ranks and keeps them going. */
@Command(
        name = "run",
        description = "Starts a program as N ranks and keeps them going when one is lost.",
        mixinStandardHelpOptions = true,
        customSynopsis = "convoy run -n N [OPTION…] -- COMMAND [ARG…]")
final class RunCommand implements Callable<Integer> {
    @Option(
            names = {"-n", "--ranks"},
            required = true,
            paramLabel = "N",
            description = "Processes to start, 1 to " + JobRequest.MAX_RANKS + ".")
    private int ranks;

    @Mixin
    private JobOptions job;

    @Mixin
    private ClusterOptions cluster;

    @Parameters(paramLabel = "COMMAND", description = "What each rank runs, with its arguments, after --.")
    private List<String> command = new ArrayList<>();

    RunCommand() {}

    @Override
    public Integer call() {
        JobRequest request = job.applyTo(
                        JobRequest.builder(command).ranks(ranks).cluster(cluster.cluster()))
                .build();
        JobResult result = Job.run(request, new Console());
        if (!result.success()) {
            System.err.println("convoy: " + result.message());
        }
        return result.exitStatus();
    }

    /** Shows what happens, on standard error: standard output is the ranks'. */
    private static final class Console implements JobListener {
        @Override
        public void diagnosed(long epoch, String sentence) {
            System.err.println("convoy: why epoch " + epoch + " was needed: " + sentence);
        }

        @Override
        public void announced(Announce.Kind kind, String text) {
            if (kind != Announce.Kind.FORMED) {
                System.err.println("convoy: " + text);
            }
        }
    }
}
