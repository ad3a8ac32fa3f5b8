/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.simulation.Scenario.Noise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes a failing scenario small: leaves out whatever is not needed for the same invariant to break, until nothing more
 * can be left out.
 */
final class Shrinker {
    private static final int MOST_ATTEMPTS = 2_000;
    private static final long ROUND_NS = 50_000_000L;

    private final Function<Scenario, Optional<Violation>> attempt;
    private int attempts;

    Shrinker(Function<Scenario, Optional<Violation>> attempt) {
        this.attempt = attempt;
    }

    Scenario shrink(Scenario failing, String invariant) {
        Scenario smallest = failing;
        Optional<Scenario> smaller = Optional.of(failing);
        while (smaller.isPresent()) {
            smallest = smaller.get();
            smaller = candidates(smallest).stream()
                    .filter(candidate -> fails(candidate, invariant))
                    .findFirst();
        }
        return smallest;
    }

    private boolean fails(Scenario candidate, String invariant) {
        return attempts++ < MOST_ATTEMPTS
                && attempt.apply(candidate)
                        .filter(violation -> violation.invariant().equals(invariant))
                        .isPresent();
    }

    /** Each simpler than the scenario, so that this ends. */
    private static List<Scenario> candidates(Scenario scenario) {
        List<Scenario> candidates = new ArrayList<>();
        for (Disturbance each : scenario.disturbances()) {
            candidates.add(scenario.with(replaced(scenario.disturbances(), each, null)));
        }
        quieter(scenario.noise()).forEach(noise -> candidates.add(scenario.with(noise)));
        plainer(scenario.spec()).forEach(spec -> candidates.add(scenario.with(spec)));
        if (scenario.steps() > 1) {
            candidates.add(scenario.withSteps(1));
            candidates.add(scenario.withSteps(scenario.steps() - 1));
        }
        for (Disturbance each : scenario.disturbances()) {
            rounder(each)
                    .forEach(
                            rounded -> candidates.add(scenario.with(replaced(scenario.disturbances(), each, rounded))));
        }
        return candidates;
    }

    /** Without it if there is nothing in its place. */
    private static List<Disturbance> replaced(List<Disturbance> all, Disturbance old, Disturbance replacement) {
        List<Disturbance> others = new ArrayList<>(all);
        int place = others.indexOf(old);
        if (replacement == null) {
            others.remove(place);
        } else {
            others.set(place, replacement);
        }
        return others;
    }

    private static List<Noise> quieter(Noise noise) {
        List<Noise> quieter = new ArrayList<>();
        if (noise.babble()) {
            quieter.add(new Noise(noise.jitter(), false, noise.duplicatePercent()));
        }
        if (noise.duplicatePercent() > 0) {
            quieter.add(new Noise(noise.jitter(), noise.babble(), 0));
        }
        if (noise.jitter()) {
            quieter.add(new Noise(false, noise.babble(), noise.duplicatePercent()));
        }
        return quieter;
    }

    private static List<JobSpec> plainer(JobSpec spec) {
        List<JobSpec> plainer = new ArrayList<>();
        if (spec.ranks() > 1) {
            int ranks = spec.ranks() - 1;
            plainer.add(copy(spec, ranks, spec.policy(), Math.min(spec.minRanks(), ranks), spec.stateDirectory()));
        }
        if (spec.spares() > 0) {
            plainer.add(spec.withSpares(spec.spares() - 1));
        }
        if (spec.minRanks() > 1) {
            plainer.add(copy(spec, spec.ranks(), spec.policy(), 1, spec.stateDirectory()));
        }
        if (spec.stateDirectory() != null) {
            plainer.add(copy(spec, spec.ranks(), spec.policy(), spec.minRanks(), null));
        }
        if (spec.policy() != RecoveryPolicy.SHRINK) {
            plainer.add(copy(spec, spec.ranks(), RecoveryPolicy.SHRINK, spec.minRanks(), spec.stateDirectory()));
        }
        return plainer;
    }

    private static JobSpec copy(JobSpec spec, int ranks, RecoveryPolicy policy, int minRanks, String directory) {
        int spares = policy == RecoveryPolicy.SHRINK ? 0 : spec.spares();
        return new JobSpec(
                        ranks,
                        policy,
                        minRanks,
                        spec.maxRecoveries(),
                        spec.deadlineNs(),
                        spec.startBoundNs(),
                        directory)
                .withSpares(spares);
    }

    private static List<Disturbance> rounder(Disturbance disturbance) {
        return switch (disturbance) {
            case Disturbance.At at -> rounder(at);
            case Disturbance.Death death
            when death.passing() > 1 -> List.of(new Disturbance.Death(death.point(), death.passing() - 1));
            case Disturbance.CoordinatorLoss loss
            when loss.freezes() -> List.of(new Disturbance.CoordinatorLoss(false, loss.atNs(), loss.absentNs()));
            case Disturbance.Death _,
                    Disturbance.BadStart _,
                    Disturbance.CoordinatorLoss _,
                    Disturbance.LossAtRecord _ -> List.of();
        };
    }

    private static List<Disturbance> rounder(Disturbance.At at) {
        List<Disturbance> rounder = new ArrayList<>();
        if (at.kind() != Disturbance.Kind.KILL) {
            rounder.add(new Disturbance.At(Disturbance.Kind.KILL, at.launchRank(), at.atNs(), at.forNs()));
        }
        if (at.launchRank() > 0) {
            rounder.add(new Disturbance.At(at.kind(), at.launchRank() - 1, at.atNs(), at.forNs()));
        }
        if (at.atNs() % ROUND_NS != 0) {
            rounder.add(new Disturbance.At(at.kind(), at.launchRank(), at.atNs() / ROUND_NS * ROUND_NS, at.forNs()));
        }
        if (at.forNs() % ROUND_NS != 0) {
            rounder.add(new Disturbance.At(at.kind(), at.launchRank(), at.atNs(), at.forNs() / ROUND_NS * ROUND_NS));
        }
        return rounder;
    }
}
