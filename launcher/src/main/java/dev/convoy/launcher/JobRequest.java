/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.StragglerPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to run, and what to do when a rank is lost. Made by {@link #builder(List)}.
 *
 * @param command command and arguments of every rank; the first is looked up on PATH
 * @param environment variables set for every rank beside the agent's own
 * @param ranks processes to start, 1 to {@value #MAX_RANKS}
 * @param policy what follows a loss
 * @param spares processes kept ready to take a lost one's place; 0 where the policy is to shrink
 * @param minRanks fewest ranks to go on with, 1 to {@code ranks}
 * @param maxRecoveries recoveries after which the job fails
 * @param stragglers what is done about ranks that stay slower than the others
 * @param deadline longest time that a collective may take
 * @param adaptiveDeadline whether a rank waits less than that in a step once it knows how long its steps are
 * @param faults faults to inject
 * @param runtime {@code auto}, {@code host} or {@code cuda}
 * @param seed seed of the job, for the report
 * @param steps steps of the job, for the report; -1 if the program decides
 * @param stateDir folder of the job's durable state; empty for a new one below the user's state folder
 * @param durableEvery time between two durable versions
 * @param reportFile where to write the report, if anywhere
 * @param cluster this agent's place among those of a job on several nodes; empty for a job on this machine alone
 * @param tls whether the control connections speak TLS, with a certificate made for the job
 * @param watching how the job is watched
 * @param output what becomes of the ranks' output
 */
public record JobRequest(
        List<String> command,
        Map<String, String> environment,
        int ranks,
        RecoveryPolicy policy,
        int spares,
        int minRanks,
        int maxRecoveries,
        StragglerPolicy stragglers,
        Duration deadline,
        boolean adaptiveDeadline,
        List<FaultSpec> faults,
        String runtime,
        long seed,
        long steps,
        Optional<Path> stateDir,
        Duration durableEvery,
        Optional<Path> reportFile,
        Optional<Cluster> cluster,
        boolean tls,
        Watching watching,
        RankOutput output) {
    /** Most ranks of one machine: each holds a connection, three pipes and a process of its own. */
    public static final int MAX_RANKS = 256;

    /** Copies the collections; {@link JobRequestBuilder#build()} and {@link Job} check the values. */
    public JobRequest {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        faults = List.copyOf(faults);
    }

    /**
     * Starts a request with the defaults of {@code convoy run}: one rank, shrink, 16 recoveries, a deadline of 30 s, a
     * durable version every 10 s, all output shown.
     *
     * @param command command and arguments of every rank
     * @return a builder
     */
    public static JobRequestBuilder builder(List<String> command) {
        return new JobRequestBuilder(command);
    }
}
