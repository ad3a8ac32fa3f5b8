/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.launcher.Job;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.JobOptions;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobRequestBuilder;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.RankJvm;
import dev.convoy.launcher.RankOutput;
import dev.convoy.launcher.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code convoy demo}: trains on Fashion-MNIST, loses a rank half-way, and shows how the others go on. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Train a network on Fashion-MNIST, kill one rank half-way, and go on without it.")
final class DemoCommand implements Callable<Integer> {

    private static final String SMALL_YOUNG_GENERATION = "-Xmn8m";
    private static final String LARGE_PAGES = "-XX:+UseTransparentHugePages";
    private static final Path SYSTEMS_LARGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /** The rank that is lost unless {@code --fault} says otherwise; the last one where there are fewer. */
    private static final int VICTIM = 2;

    @Option(names = "--ranks", paramLabel = "N", description = "Ranks to start. Default: ${DEFAULT-VALUE}.")
    private int ranks = 4;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of training. Default: ${DEFAULT-VALUE}.")
    private long steps = TrainingOptions.DEFAULT_STEPS;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Seed of the initial weights and of the order of samples. Default: ${DEFAULT-VALUE}.")
    private long seed = TrainingOptions.DEFAULT_SEED;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder with the full set's four files. Default: the 10,000 images that come with Convoy.")
    private Path data;

    @Mixin
    private JobOptions options;

    @Override
    public Integer call() {
        TrainingOptions training = trainingOptions();
        JobRequest request = request(training);
        checkData(training);
        JobResult result;
        try (Console console = new Console(System.out)) {
            DemoView view = new DemoView(console, request, training);
            result = Job.run(request, view);
            view.end(result);
        }
        if (!result.success()) {
            System.err.println("convoy: " + result.message());
        }
        return result.exitStatus();
    }

    private TrainingOptions trainingOptions() {
        try {
            return new TrainingOptions(steps, seed, Optional.ofNullable(data));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    private JobRequest request(TrainingOptions training) {
        boolean regrows = options.policy()
                .filter(policy -> policy == RecoveryPolicy.REGROW)
                .isPresent();
        TrainingOptions ofRanks = regrows ? training.waitingFor(ranks) : training;
        List<String> command =
                RankJvm.command(rankFlags(), "dev.convoy.samples", FashionMnist.class.getName(), ofRanks.arguments());
        JobRequestBuilder request = JobRequest.builder(command)
                .ranks(ranks)
                .deadline(DEADLINE)
                .seed(seed)
                .steps(steps)
                .output(RankOutput.ERRORS)
                .faults(usualFault());
        return options.applyTo(request).build();
    }

    private List<FaultSpec> usualFault() {
        if (ranks < 2) {
            // Nobody would be left to show anything.
            return List.of();
        }
        int victim = Math.min(VICTIM, ranks - 1);
        return List.of(FaultSpec.parse("kill:" + victim + "@" + steps / 2));
    }

    /** Says once, and before any rank is started, what every rank would say otherwise. */
    private static void checkData(TrainingOptions training) {
        if (training.data().isPresent()) {
            try {
                training.load();
            } catch (DatasetException e) {
                throw new JobException(e.getMessage(), e);
            }
        }
    }

    /**
     * A young generation that fits the caches, and large pages where the system has them: the fewer pages a process has
     * touched, the sooner the system has ended it, on a CPU that a survivor wants.
     */
    private static List<String> rankFlags() {
        return hasLargePages() ? List.of(SMALL_YOUNG_GENERATION, LARGE_PAGES) : List.of(SMALL_YOUNG_GENERATION);
    }

    // Elsewhere the JVM would say that it has none.
    private static boolean hasLargePages() {
        try {
            return !Files.readString(SYSTEMS_LARGE_PAGES).contains("[never]");
        } catch (IOException e) {
            return false;
        }
    }
}
