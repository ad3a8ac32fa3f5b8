/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import dev.convoy.fault.ElasticOptions;
import dev.convoy.fault.OnDivergence;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.StragglerPolicy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options that {@code run} and {@code demo} share, as a picocli mixin: a command holds it in a field annotated with
 * {@code @Mixin} and lets {@link #applyTo} fill in its request.
 *
 * <p>An option that is not given leaves the request's value as the command set it, so that each command has its own
 * defaults.
 */
public final class JobOptions {
    @Option(
            names = "--fault",
            paramLabel = "SPEC",
            description = "Faults to inject, comma-separated: kill:RANK@STEP, stop:RANK@STEP, slow:RANK@STEP:MILLIS, "
                    + "throw:RANK@STEP, corrupt:RANK@STEP, kill:RANK@recovery:PHASE; or none.")
    private String fault;

    @Option(
            names = "--recover",
            paramLabel = "POLICY",
            description =
                    "After a loss: shrink (go on without it), replace (wait for a process in its place) or regrow "
                            + "(go on, and take one in when ready). Default: shrink; with --spares, replace.")
    private String recover;

    @Option(names = "--min-ranks", paramLabel = "M", description = "Fewest ranks to go on with. Default: 1.")
    private Integer minRanks;

    @Option(
            names = "--max-recoveries",
            paramLabel = "R",
            description = "Recoveries after which the job fails. Default: 16.")
    private Integer maxRecoveries;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS|auto",
            description = "Longest time that a collective may take; auto: less in steps that have been shorter so far.")
    private String deadline;

    @Option(
            names = "--stragglers",
            paramLabel = "POLICY",
            description = "A rank that stays slower than the others: report it, replace it, or off. Default: report.")
    private String stragglers;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "Folder of the durable state; a job that finds that of a failed or killed one goes on from "
                    + "it. Default: a new one in ~/.local/state/convoy.")
    private Path stateDir;

    @Option(
            names = "--durable-every",
            paramLabel = "SECONDS",
            description = "Time between two durable versions. Default: 10.")
    private Double durableEvery;

    @Option(names = "--report", paramLabel = "FILE", description = "Write a report of the job, as JSON.")
    private Path report;

    @Option(
            names = "--runtime",
            paramLabel = "RUNTIME",
            description = "auto, host (CPU and shared memory) or cuda. Default: auto.")
    private String runtime;

    @Option(
            names = "--spares",
            paramLabel = "K",
            description = "Processes kept ready to take a lost rank's place at once. Default: 0.")
    private Integer spares;

    @Option(
            names = "--replicas",
            paramLabel = "K",
            description =
                    "Copies of each shard of a snapshot in other ranks' memory. Default: as the program says, or 1.")
    private Integer replicas;

    @Option(
            names = "--parity",
            paramLabel = "M+K",
            description = "Parity instead of copies: any K ranks of M+K can be lost, for K/M of a shard's memory.")
    private String parity;

    @Option(
            names = "--snapshot-every",
            paramLabel = "STEPS|auto",
            description =
                    "Steps between snapshots; auto: as seldom as costs least. Default: as the program says, or 1.")
    private String snapshotEvery;

    @Option(
            names = "--mtbf",
            paramLabel = "SECONDS",
            description = "For --snapshot-every auto: how long the whole job is expected to work before a rank is "
                    + "lost; failures that are seen correct it. Default: as the program says, or a day.")
    private Double mtbf;

    @Option(
            names = "--on-divergence",
            paramLabel = "ANSWER",
            description = "When replicated state is not the same on all ranks: end the job, or rollback to the newest "
                    + "snapshot in which it was. Default: as the program says, or end.")
    private String onDivergence;

    @Option(
            names = "--tls",
            description = "Speak TLS between agents and with the ranks; with --nodes, all agents must.")
    private boolean tls;

    @Mixin
    private WatchOptions watch;

    /** Created by picocli. */
    public JobOptions() {}

    /**
     * The faults that were asked for.
     *
     * @return empty if {@code --fault} was not given; an empty list for {@code none}
     * @throws UsageException if the specification is malformed
     */
    public Optional<List<FaultSpec>> faults() {
        if (fault == null) {
            return Optional.empty();
        }
        if (fault.equals("none")) {
            return Optional.of(List.of());
        }
        if (fault.isBlank()) {
            throw new UsageException("--fault is empty; write a fault such as kill:2@200, or none");
        }
        try {
            return Optional.of(FaultSpec.parseList(fault));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--fault: " + e.getMessage(), e);
        }
    }

    /**
     * The policy that was asked for.
     *
     * @return empty if neither {@code --recover} was given nor any spares, which imply {@code replace}
     * @throws UsageException if there is no such policy
     */
    public Optional<RecoveryPolicy> policy() {
        if (recover != null) {
            return Optional.of(policy(recover));
        }
        // Who asks for spares wants them used.
        return spares != null && spares > 0 ? Optional.of(RecoveryPolicy.REPLACE) : Optional.empty();
    }

    /**
     * Puts the options that were given into a request.
     *
     * @param request the request, with the command's own defaults
     * @return {@code request}
     * @throws UsageException if an option's value is malformed or asks for what is not supported yet
     */
    public JobRequestBuilder applyTo(JobRequestBuilder request) {
        faults().ifPresent(request::faults);
        watch.applyTo(request);
        request.tls(tls);
        if (spares != null) {
            request.spares(spares);
        }
        if (replicas != null) {
            request.replicas(replicas);
        }
        if (parity != null) {
            request.parity(parity(replicas, parity));
        }
        if (snapshotEvery != null) {
            request.snapshotEvery(snapshotEvery(snapshotEvery));
        }
        if (mtbf != null) {
            request.meanTimeBetweenFailures(Seconds.parse("--mtbf", mtbf));
        }
        if (onDivergence != null) {
            request.onDivergence(onDivergence(onDivergence));
        }
        policy().ifPresent(request::policy);
        if (minRanks != null) {
            request.minRanks(minRanks);
        }
        if (maxRecoveries != null) {
            request.maxRecoveries(maxRecoveries);
        }
        deadline(request);
        if (stragglers != null) {
            request.stragglers(stragglers(stragglers));
        }
        if (stateDir != null) {
            request.stateDir(stateDir);
        }
        if (durableEvery != null) {
            request.durableEvery(Seconds.parse("--durable-every", durableEvery));
        }
        if (report != null) {
            request.reportFile(report);
        }
        if (runtime != null) {
            request.runtime(runtime);
        }
        return request;
    }

    private static Redundancy.Parity parity(Integer replicas, String text) {
        if (replicas != null) {
            throw new UsageException("--parity is instead of --replicas; leave one of them out");
        }
        try {
            return Redundancy.Parity.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--parity: " + e.getMessage(), e);
        }
    }

    private void deadline(JobRequestBuilder request) {
        if ("auto".equals(deadline)) {
            request.adaptiveDeadline(true);
        } else if (deadline != null) {
            request.deadline(Seconds.parse("--deadline", deadline));
        }
    }

    private static int snapshotEvery(String text) {
        try {
            int steps = text.equals("auto") ? ElasticOptions.AUTO : Integer.parseInt(text);
            if (steps > 0 || text.equals("auto")) {
                return steps;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new UsageException("--snapshot-every " + text + ": must be a number of steps, at least 1, or auto");
    }

    private static OnDivergence onDivergence(String label) {
        try {
            return OnDivergence.of(label);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--on-divergence " + e.getMessage(), e);
        }
    }

    private static StragglerPolicy stragglers(String name) {
        return Arrays.stream(StragglerPolicy.values())
                .filter(policy -> policy.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("--stragglers " + name + ": must be report, replace or off"));
    }

    private static RecoveryPolicy policy(String name) {
        return switch (name) {
            case "shrink" -> RecoveryPolicy.SHRINK;
            case "replace" -> RecoveryPolicy.REPLACE;
            case "regrow" -> RecoveryPolicy.REGROW;
            default -> throw new UsageException("--recover " + name + ": must be shrink, replace or regrow");
        };
    }
}
