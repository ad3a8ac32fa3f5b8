/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/**
 * What the coordinator must know about a job.
 *
 * @param ranks processes at launch, at least 1
 * @param policy how to go on after a loss
 * @param minRanks fewest ranks to go on with, in [1, ranks]
 * @param maxRecoveries recoveries after which the job gives up, at least 0
 * @param deadlineNs deadline of a collective and bound of a recovery's phases, nanoseconds
 * @param startBoundNs bound for a started process to join, nanoseconds (60 s by default)
 * @param stateDirectory absolute path for durable versions; null if the job has none
 * @param spares processes kept ready to take a lost one's place, at least 0; at most 0 under {@code SHRINK}
 * @param stragglers what is done about ranks that stay slower than the others; not {@code REPLACE} under {@code SHRINK}
 * @param nodes machines, or agents, that the ranks are spread over, at least 1
 * @param initialStep step of the initial state: 0, or where the durable state that the job goes on from was left
 */
public record JobSpec(
        int ranks,
        RecoveryPolicy policy,
        int minRanks,
        int maxRecoveries,
        long deadlineNs,
        long startBoundNs,
        String stateDirectory,
        int spares,
        StragglerPolicy stragglers,
        int nodes,
        long initialStep) {
    /** Default bound for a started process to join: 60 s. */
    public static final long START_BOUND_NS = 60_000_000_000L;

    /** Within so many steps, a process whose replicated state differs a second time is taken for faulty. */
    public static final long DIVERGENCE_STEPS = 1_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the value that is out of range
     */
    public JobSpec {
        require(ranks >= 1, "ranks must be at least 1, not " + ranks);
        require(minRanks >= 1 && minRanks <= ranks, "min-ranks must lie in 1.." + ranks + ", not " + minRanks);
        require(maxRecoveries >= 0, "max-recoveries must not be negative: " + maxRecoveries);
        require(deadlineNs > 0, "the deadline must be positive, not " + deadlineNs + " ns");
        require(startBoundNs > 0, "the start bound must be positive, not " + startBoundNs + " ns");
        require(nodes >= 1 && nodes <= ranks, "nodes must lie in 1.." + ranks + ", not " + nodes);
        require(initialStep >= 0, "the initial step must not be negative: " + initialStep);
        require(spares >= 0, "spares must not be negative: " + spares);
        require(spares == 0 || policy != RecoveryPolicy.SHRINK, "a group that only shrinks needs no spares");
        require(
                stragglers != StragglerPolicy.REPLACE || policy != RecoveryPolicy.SHRINK,
                "a group that only shrinks replaces no straggler");
    }

    /**
     * A job without spares on one node, in which stragglers are reported.
     *
     * @param ranks processes at launch, at least 1
     * @param policy how to go on after a loss
     * @param minRanks fewest ranks to go on with, in [1, ranks]
     * @param maxRecoveries recoveries after which the job gives up, at least 0
     * @param deadlineNs deadline of a collective and bound of a recovery's phases, nanoseconds
     * @param startBoundNs bound for a started process to join, nanoseconds
     * @param stateDirectory absolute path for durable versions; null if the job has none
     */
    public JobSpec(
            int ranks,
            RecoveryPolicy policy,
            int minRanks,
            int maxRecoveries,
            long deadlineNs,
            long startBoundNs,
            String stateDirectory) {
        this(
                ranks,
                policy,
                minRanks,
                maxRecoveries,
                deadlineNs,
                startBoundNs,
                stateDirectory,
                0,
                StragglerPolicy.REPORT,
                1,
                0);
    }

    /**
     * The same job with spares.
     *
     * @param count processes kept ready, at least 0
     * @return the changed specification
     */
    public JobSpec withSpares(int count) {
        return with(count, stragglers, nodes, initialStep);
    }

    /**
     * The same job with another policy for stragglers.
     *
     * @param other what is done about them
     * @return the changed specification
     */
    public JobSpec withStragglers(StragglerPolicy other) {
        return with(spares, other, nodes, initialStep);
    }

    /**
     * The same job on several nodes.
     *
     * @param count machines, or agents, at least 1
     * @return the changed specification
     */
    public JobSpec withNodes(int count) {
        return with(spares, stragglers, count, initialStep);
    }

    /**
     * The same job, which goes on from durable state.
     *
     * @param step the step that comes first
     * @return the changed specification
     */
    public JobSpec withInitialStep(long step) {
        return with(spares, stragglers, nodes, step);
    }

    private JobSpec with(int otherSpares, StragglerPolicy otherStragglers, int otherNodes, long step) {
        return new JobSpec(
                ranks,
                policy,
                minRanks,
                maxRecoveries,
                deadlineNs,
                startBoundNs,
                stateDirectory,
                otherSpares,
                otherStragglers,
                otherNodes,
                step);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
