/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import dev.convoy.fault.ElasticOptions;
import dev.convoy.fault.OnDivergence;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.StragglerPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects the values of a {@link JobRequest}. Not thread-safe. */
public final class JobRequestBuilder {
    private final List<String> command;
    private final Map<String, String> environment = new HashMap<>();
    private int ranks = 1;
    private RecoveryPolicy policy = RecoveryPolicy.SHRINK;
    private int spares;
    private int minRanks = 1;
    private int maxRecoveries = 16;
    private StragglerPolicy stragglers = StragglerPolicy.REPORT;
    private Duration deadline = Duration.ofSeconds(30);
    private boolean adaptiveDeadline;
    private List<FaultSpec> faults = List.of();
    private String runtime = "auto";
    private long seed;
    private long steps = -1;
    private Optional<Path> stateDir = Optional.empty();
    private Duration durableEvery = Duration.ofSeconds(10);
    private Optional<Path> reportFile = Optional.empty();
    private Optional<Cluster> cluster = Optional.empty();
    private boolean tls;
    private Watching watching = Watching.USUAL;
    private RankOutput output = RankOutput.ALL;

    JobRequestBuilder(List<String> command) {
        this.command = List.copyOf(command);
    }

    /**
     * Sets a variable of every rank's environment.
     *
     * @param name name; names that start with {@code CONVOY_} are the agent's own
     * @param value value
     * @return this
     */
    public JobRequestBuilder environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /**
     * Sets how many processes to start.
     *
     * @param value 1 to {@value JobRequest#MAX_RANKS}
     * @return this
     */
    public JobRequestBuilder ranks(int value) {
        ranks = value;
        return this;
    }

    /**
     * Sets what follows a loss.
     *
     * @param value the policy
     * @return this
     */
    public JobRequestBuilder policy(RecoveryPolicy value) {
        policy = value;
        return this;
    }

    /**
     * Sets how many processes are kept ready beside the ranks.
     *
     * @param value 0 or more; must be 0 where the policy is to shrink
     * @return this
     */
    public JobRequestBuilder spares(int value) {
        spares = value;
        return this;
    }

    /**
     * Sets how many copies of each shard of a snapshot lie in other ranks' memory, whatever the program chose.
     *
     * @param value 1 to {@value ElasticOptions#MOST_REPLICAS}
     * @return this
     * @throws UsageException if it is out of range
     */
    public JobRequestBuilder replicas(int value) {
        if (value < 1 || value > ElasticOptions.MOST_REPLICAS) {
            throw new UsageException(
                    "--replicas " + value + ": must lie between 1 and " + ElasticOptions.MOST_REPLICAS);
        }
        environment.put("CONVOY_REPLICAS", Integer.toString(value));
        return this;
    }

    /**
     * Sets that snapshots are kept by parity, whatever the program chose.
     *
     * @param value pieces of a stripe
     * @return this
     */
    public JobRequestBuilder parity(Redundancy.Parity value) {
        environment.put("CONVOY_PARITY", value.toString());
        return this;
    }

    /**
     * Sets how many steps lie between snapshots, whatever the program chose.
     *
     * @param steps at least 1, or {@link ElasticOptions#AUTO}
     * @return this
     */
    public JobRequestBuilder snapshotEvery(int steps) {
        environment.put("CONVOY_SNAPSHOT_EVERY", steps == ElasticOptions.AUTO ? "auto" : Integer.toString(steps));
        return this;
    }

    /**
     * Sets how long the whole job is expected to work before a rank is lost, whatever the program chose.
     *
     * @param value more than zero
     * @return this
     */
    public JobRequestBuilder meanTimeBetweenFailures(Duration value) {
        environment.put("CONVOY_MTBF_MS", Long.toString(Math.max(1, value.toMillis())));
        return this;
    }

    /**
     * Sets what is done when replicated state is not the same on all ranks, whatever the program chose.
     *
     * @param answer what is done then
     * @return this
     */
    public JobRequestBuilder onDivergence(OnDivergence answer) {
        environment.put("CONVOY_ON_DIVERGENCE", answer.label());
        return this;
    }

    /**
     * Sets the fewest ranks to go on with.
     *
     * @param value 1 to the number of ranks
     * @return this
     */
    public JobRequestBuilder minRanks(int value) {
        minRanks = value;
        return this;
    }

    /**
     * Sets after how many recoveries the job fails.
     *
     * @param value 0 or more
     * @return this
     */
    public JobRequestBuilder maxRecoveries(int value) {
        maxRecoveries = value;
        return this;
    }

    /**
     * Sets the longest time that a collective may take.
     *
     * @param value more than zero
     * @return this
     */
    public JobRequestBuilder deadline(Duration value) {
        deadline = value;
        return this;
    }

    /**
     * Lets a rank wait less than the deadline in a step, once it knows how long its steps are.
     *
     * @param value whether it does
     * @return this
     */
    public JobRequestBuilder adaptiveDeadline(boolean value) {
        adaptiveDeadline = value;
        return this;
    }

    /**
     * Sets what is done about ranks that stay slower than the others.
     *
     * @param value off, report or replace; replace not where the group only shrinks
     * @return this
     */
    public JobRequestBuilder stragglers(StragglerPolicy value) {
        stragglers = value;
        return this;
    }

    /**
     * Sets the faults to inject.
     *
     * @param value the faults; empty for none
     * @return this
     */
    public JobRequestBuilder faults(List<FaultSpec> value) {
        faults = List.copyOf(value);
        return this;
    }

    /**
     * Sets the runtime of the ranks.
     *
     * @param value {@code auto}, {@code host} or {@code cuda}
     * @return this
     */
    public JobRequestBuilder runtime(String value) {
        runtime = value;
        return this;
    }

    /**
     * Sets the seed that the report names.
     *
     * @param value the seed
     * @return this
     */
    public JobRequestBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * Sets the number of steps that the report names.
     *
     * @param value steps; -1 if the program decides
     * @return this
     */
    public JobRequestBuilder steps(long value) {
        steps = value;
        return this;
    }

    /**
     * Sets the folder of the durable state; without it the job gets a new one below the user's state folder, removed
     * when the job succeeds.
     *
     * @param value the folder; created if it is not there
     * @return this
     */
    public JobRequestBuilder stateDir(Path value) {
        stateDir = Optional.of(value);
        return this;
    }

    /**
     * Sets the time between two durable versions.
     *
     * @param value more than zero
     * @return this
     */
    public JobRequestBuilder durableEvery(Duration value) {
        durableEvery = value;
        return this;
    }

    /**
     * Sets where to write the report.
     *
     * @param value the file
     * @return this
     */
    public JobRequestBuilder reportFile(Path value) {
        reportFile = Optional.of(value);
        return this;
    }

    /**
     * Makes this one agent of a job on several nodes. All agents must be given the same job.
     *
     * @param value this agent's place among them; empty for a job on this machine alone
     * @return this
     */
    public JobRequestBuilder cluster(Optional<Cluster> value) {
        cluster = value;
        return this;
    }

    /**
     * Sets whether the control connections and those between agents speak TLS; all agents of a job must agree.
     *
     * @param value true for TLS 1.3 with certificates made for the job
     * @return this
     */
    public JobRequestBuilder tls(boolean value) {
        tls = value;
        return this;
    }

    /**
     * Sets how the job is watched.
     *
     * @param value port, page and folder
     * @return this
     */
    public JobRequestBuilder watching(Watching value) {
        watching = value;
        return this;
    }

    /**
     * Sets what becomes of the ranks' output.
     *
     * @param value all, or errors only
     * @return this
     */
    public JobRequestBuilder output(RankOutput value) {
        output = value;
        return this;
    }

    /**
     * Makes the request.
     *
     * @return the request
     * @throws UsageException if a value is out of range or names a rank that is not there
     */
    public JobRequest build() {
        JobRequest request = new JobRequest(
                command,
                environment,
                ranks,
                policy,
                spares,
                minRanks,
                maxRecoveries,
                stragglers,
                deadline,
                adaptiveDeadline,
                faults,
                runtime,
                seed,
                steps,
                stateDir,
                durableEvery,
                reportFile,
                cluster,
                tls,
                watching,
                output);
        JobLimits.check(request);
        return request;
    }
}
