/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.Redundancy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * What one schedule is made of, drawn from a seed. Whatever goes wrong stands in it by itself, so that any part may be
 * left out.
 *
 * @param seed also decides the delays
 * @param spec the job
 * @param steps steps to do
 * @param every steps between snapshots
 * @param disturbances what goes wrong
 * @param noise the rest of what a network may do
 */
record Scenario(long seed, JobSpec spec, int steps, int every, List<Disturbance> disturbances, Noise noise) {
    private static final long MS = 1_000_000L;

    /**
     * What a network may do to anything at any time.
     *
     * @param jitter delays are drawn rather than constant
     * @param babble records of epochs long gone, and of epochs that never were
     * @param duplicatePercent how many records arrive twice, the second time late
     */
    record Noise(boolean jitter, boolean babble, int duplicatePercent) {}

    Scenario {
        disturbances = List.copyOf(disturbances);
    }

    static Scenario of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int ranks = random.nextInt(1, 9);
        RecoveryPolicy policy = RecoveryPolicy.values()[random.nextInt(RecoveryPolicy.values().length)];
        int minRanks = random.nextInt(4) > 0 ? 1 : random.nextInt(1, ranks + 1);
        int maxRecoveries = random.nextInt(5) > 0 ? 16 : random.nextInt(0, 4);
        String stateDirectory = random.nextBoolean() ? "/state" : null;
        int spares = policy == RecoveryPolicy.SHRINK ? 0 : random.nextInt(3);
        JobSpec spec = new JobSpec(ranks, policy, minRanks, maxRecoveries, 1_000 * MS, 3_000 * MS, stateDirectory)
                .withSpares(spares);
        int steps = random.nextInt(2, 16);
        Noise noise = new Noise(true, random.nextInt(2) == 0, random.nextInt(3) * 5);
        // Of a generator of its own: what else a seed means stays.
        SplittableRandom another = new SplittableRandom(~seed);
        int every = another.nextInt(3) > 0 ? 1 : another.nextInt(2, 6);
        return new Scenario(seed, spec, steps, every, disturbances(random, ranks + spares, steps), noise);
    }

    private static List<Disturbance> disturbances(SplittableRandom random, int processes, int steps) {
        List<Disturbance> drawn = new ArrayList<>();
        // About as long as the job takes, its start included.
        long horizonNs = (100 + 30L * steps) * MS;
        int timed = random.nextInt(0, 5);
        Disturbance.Kind[] kinds = Disturbance.Kind.values();
        for (int i = 0; i < timed; i++) {
            Disturbance.Kind kind =
                    random.nextInt(3) == 0 ? Disturbance.Kind.KILL : kinds[random.nextInt(kinds.length)];
            long forNs = duration(random);
            // Before the group has formed there is little to go wrong in more than one way.
            long fromNs = random.nextInt(8) == 0 ? 0 : 80 * MS;
            drawn.add(new Disturbance.At(kind, random.nextInt(processes), random.nextLong(fromNs, horizonNs), forNs));
        }
        int deaths = Math.max(0, random.nextInt(6) - 2);
        for (int i = 0; i < deaths; i++) {
            String point = Disturbance.Death.POINTS[random.nextInt(Disturbance.Death.POINTS.length)];
            int first = random.nextInt(8) == 0 ? 1 : processes + 1;
            drawn.add(new Disturbance.Death(point, first + random.nextInt(4 * processes)));
        }
        int leavers = Math.max(0, random.nextInt(7) - 4);
        for (int i = 0; i < leavers; i++) {
            long atNs = random.nextLong(80 * MS, horizonNs);
            drawn.add(new Disturbance.At(Disturbance.Kind.LEAVE, random.nextInt(processes), atNs, 0));
        }
        if (random.nextInt(4) == 0) {
            drawn.add(new Disturbance.BadStart(1 + random.nextInt(3), random.nextBoolean()));
        }
        if (random.nextInt(3) == 0) {
            drawn.addAll(coordinatorLosses(random, horizonNs));
        }
        return drawn;
    }

    private static List<Disturbance> coordinatorLosses(SplittableRandom random, long horizonNs) {
        List<Disturbance> drawn = new ArrayList<>();
        Disturbance.LossAtRecord.Moment[] moments = Disturbance.LossAtRecord.Moment.values();
        int losses = random.nextInt(1, 4);
        for (int i = 0; i < losses; i++) {
            long absentNs = random.nextLong(1, random.nextInt(6) == 0 ? 9_000 : 1_500) * MS;
            drawn.add(
                    random.nextInt(3) == 0
                            ? new Disturbance.LossAtRecord(
                                    1 + random.nextInt(12), moments[random.nextInt(moments.length)], absentNs)
                            : new Disturbance.CoordinatorLoss(
                                    random.nextInt(3) == 0, random.nextLong(horizonNs), absentNs));
        }
        return drawn;
    }

    /** The same job, in which nothing is lost but coordinators, once there is a group. */
    Scenario withCoordinatorLossesOnly() {
        SplittableRandom random = new SplittableRandom(~seed);
        List<Disturbance> losses = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            long atNs = random.nextLong(120, 900) * MS;
            losses.add(new Disturbance.CoordinatorLoss(random.nextBoolean(), atNs, random.nextLong(1, 4_000) * MS));
        }
        return with(losses);
    }

    /** Whether no rank is meant to come to harm. */
    boolean losesCoordinatorsOnly() {
        return disturbances.stream().allMatch(Disturbance.CoordinatorLoss.class::isInstance);
    }

    /** Mostly below the deadline, sometimes far above it, and sometimes just about there, where races are. */
    private static long duration(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong(50, 5_000) * MS;
            case 1 -> random.nextLong(970_000, 1_030_000) * MS / 1_000;
            default -> random.nextLong(50, 900) * MS;
        };
    }

    /** The same job, but only the agent has bad days. */
    Scenario withPausesOnly() {
        SplittableRandom random = new SplittableRandom(~seed);
        List<Disturbance> pauses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            pauses.add(new Disturbance.At(
                    Disturbance.Kind.AGENT_PAUSE, 0, random.nextLong(600) * MS, random.nextLong(300, 5_000) * MS));
        }
        return with(pauses);
    }

    /** What is kept of a shard: a copy, or in every other schedule parity of some kind. */
    Redundancy redundancy() {
        SplittableRandom random = new SplittableRandom(seed * 31);
        return random.nextBoolean()
                ? new Redundancy.Copies(1)
                : new Redundancy.Parity(random.nextInt(1, 5), random.nextInt(1, 3));
    }

    Scenario with(List<Disturbance> others) {
        return new Scenario(seed, spec, steps, every, others, noise);
    }

    Scenario with(Noise other) {
        return new Scenario(seed, spec, steps, every, disturbances, other);
    }

    Scenario with(JobSpec other) {
        return new Scenario(seed, other, steps, every, disturbances, noise);
    }

    Scenario withSteps(int fewer) {
        return new Scenario(seed, spec, fewer, every, disturbances, noise);
    }

    @Override
    public String toString() {
        return "seed " + seed + ": " + spec.ranks() + " ranks, " + spec.policy().label() + ", " + steps
                + " steps, redundancy " + redundancy() + ", min-ranks " + spec.minRanks() + ", max-recoveries "
                + spec.maxRecoveries() + (every == 1 ? "" : ", a snapshot every " + every + " steps")
                + (spec.spares() == 0 ? "" : ", spares " + spec.spares())
                + (spec.stateDirectory() == null ? "" : ", durable") + (noise.jitter() ? ", random delays" : "")
                + (noise.babble() ? ", babble" : "")
                + (noise.duplicatePercent() > 0 ? ", " + noise.duplicatePercent() + " % twice" : "")
                + disturbances.stream().map(each -> "\n  " + each).collect(Collectors.joining());
    }
}
