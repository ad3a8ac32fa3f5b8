/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.util.SplittableRandom;

/**
 * What one schedule is made of, drawn from a seed.
 *
 * @param seed the seed
 * @param spec the job
 * @param steps steps to do
 * @param faults faults at random times
 * @param pauses pauses of the agent at random times
 * @param leavers ranks that want to leave at random times
 * @param horizonNs latest time of a fault
 * @param pointPercent chance that a rank dies at a named point of a recovery
 */
record Scenario(
        long seed, JobSpec spec, int steps, int faults, int pauses, int leavers, long horizonNs, int pointPercent) {
    private static final long MS = 1_000_000L;

    static Scenario of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int ranks = random.nextInt(1, 8);
        RecoveryPolicy policy = RecoveryPolicy.values()[random.nextInt(3)];
        int minRanks = random.nextInt(4) > 0 ? 1 : random.nextInt(1, ranks + 1);
        int maxRecoveries = random.nextInt(5) > 0 ? 16 : random.nextInt(0, 4);
        String stateDirectory = random.nextBoolean() ? "/state" : null;
        JobSpec spec = new JobSpec(ranks, policy, minRanks, maxRecoveries, 1_000 * MS, 3_000 * MS, stateDirectory);
        int faults = random.nextInt(0, 5);
        int steps = random.nextInt(2, 16);
        long horizonNs = random.nextLong(300, 700) * MS;
        int pauses = random.nextInt(8) == 0 ? random.nextInt(1, 3) : 0;
        int pointPercent = random.nextInt(0, 3) * 4;
        int spares = policy == RecoveryPolicy.SHRINK ? 0 : random.nextInt(3);
        int leavers = random.nextInt(4) == 0 ? random.nextInt(1, 4) : 0;
        return new Scenario(seed, spec.withSpares(spares), steps, faults, pauses, leavers, horizonNs, pointPercent);
    }

    /** The same job, but only the agent has bad days. */
    Scenario withPausesOnly() {
        return new Scenario(seed, spec, steps, 0, 3, 0, horizonNs, 0);
    }
}
