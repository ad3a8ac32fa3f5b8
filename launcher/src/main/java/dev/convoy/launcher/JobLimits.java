/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.StragglerPolicy;
import java.time.Duration;
import java.util.Set;

/** Checks the values of a job against their ranges and against each other. */
final class JobLimits {
    private static final Set<String> RUNTIMES = Set.of("auto", "host", "cuda");

    private JobLimits() {}

    static void check(JobRequest request) {
        require(!request.command().isEmpty(), "no command: say what each rank runs after --, as in -- java -jar x.jar");
        int ranks = request.ranks();
        require(
                ranks >= 1 && ranks <= JobRequest.MAX_RANKS,
                "--ranks " + ranks + ": one machine runs 1 to " + JobRequest.MAX_RANKS + " ranks");
        request.cluster()
                .ifPresent(cluster -> require(
                        cluster.nodes() <= ranks,
                        "--nodes " + cluster.nodes() + ": more nodes than ranks (" + ranks + ") make no sense"));
        require(
                request.spares() >= 0 && ranks + request.spares() <= JobRequest.MAX_RANKS,
                "--spares " + request.spares() + ": ranks and spares together must be at most " + JobRequest.MAX_RANKS);
        require(
                request.spares() == 0 || request.policy() != RecoveryPolicy.SHRINK,
                "--spares " + request.spares()
                        + ": with --recover shrink nobody takes a lost rank's place; use replace or " + "regrow");
        require(
                request.stragglers() != StragglerPolicy.REPLACE || request.policy() != RecoveryPolicy.SHRINK,
                "--stragglers replace: with --recover shrink nobody takes a rank's place; use replace or regrow");
        require(
                request.minRanks() >= 1 && request.minRanks() <= ranks,
                "--min-ranks " + request.minRanks() + ": must be 1 to the number of ranks, " + ranks);
        require(request.maxRecoveries() >= 0, "--max-recoveries " + request.maxRecoveries() + ": must be 0 or more");
        require(
                RUNTIMES.contains(request.runtime()),
                "--runtime " + request.runtime() + ": must be auto, host or cuda");
        requireTime("--deadline", request.deadline());
        requireTime("--durable-every", request.durableEvery());
        checkFaults(request);
    }

    private static void checkFaults(JobRequest request) {
        int ranks = request.ranks();
        for (FaultSpec fault : request.faults()) {
            String name = "--fault " + fault.format();
            require(
                    fault.launchRank() < ranks,
                    name + ": there is no rank " + fault.launchRank() + "; ranks are 0 to " + (ranks - 1));
            require(
                    request.steps() < 0 || fault.step() < request.steps(),
                    name + ": there is no step " + fault.step() + "; steps are 0 to " + (request.steps() - 1));
        }
    }

    private static void requireTime(String option, Duration value) {
        boolean sensible = !value.isNegative() && value.toMillis() >= 1 && value.compareTo(Duration.ofDays(7)) <= 0;
        require(sensible, option + " " + value.toMillis() / 1e3 + ": must be 0.001 to 604800 seconds");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new UsageException(message);
        }
    }
}
