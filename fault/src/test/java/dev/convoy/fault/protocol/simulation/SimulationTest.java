/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.MembershipChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random schedules against the coordinator. {@link Invariants} checks each by name after every step; a schedule that
 * breaks one is made small and told as a story. One seed is run with {@code -Dconvoy.simulation.seed=N
 * -Dconvoy.simulation.schedules=1}, a soak with as many schedules as one wants.
 */
class SimulationTest {
    private static final int SCHEDULES = Integer.getInteger("convoy.simulation.schedules", 10_000);
    private static final long FIRST_SEED = Long.getLong("convoy.simulation.seed", 1);
    private static final long MS = 1_000_000L;

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void invariantsHoldUnderRandomSchedules() {
        Outcomes seen = new Outcomes();
        run(UnaryOperator.identity(), SCHEDULES, seen);
        System.out.println(SCHEDULES + " schedules from seed " + FIRST_SEED + ": " + seen);
        // The schedules must really reach the places that the invariants are about.
        if (SCHEDULES >= 10_000) {
            assertThat(seen.names())
                    .contains(
                            "success",
                            "success after recovery",
                            "success under another coordinator",
                            "overtaken recovery",
                            "several ranks in one incident",
                            "nobody lost",
                            "failure: recoveries",
                            "failure: too few ranks",
                            "failure: uncoverable",
                            "failure: all lost",
                            "failure: formation",
                            "joined",
                            "left",
                            "handed over",
                            "change overtaken",
                            "exit",
                            "hang",
                            "error");
        }
    }

    @Test
    void nobodyIsBlamedWhenTheAgentItselfDidNotRun() {
        assertUndisturbed(run(Scenario::withPausesOnly, 500, new Outcomes()));
    }

    @Test
    void noFalseTimeoutWhileRanksPauseAndLinksStallBelowTheDeadline() {
        assertUndisturbed(run(SimulationTest::withShortPausesOnly, 2_000, new Outcomes()));
    }

    @Test
    void nobodyIsStoppedWhereOnlyTheCoordinatorIsLost() {
        Outcomes seen = run(Scenario::withCoordinatorLossesOnly, 2_000, new Outcomes());
        assertThat(seen.names()).containsExactly("success", "success under another coordinator");
    }

    private static void assertUndisturbed(Outcomes seen) {
        assertThat(seen.names()).containsExactly("success");
    }

    /** Together shorter than the deadline, so that no collective waits as long as that. */
    private static Scenario withShortPausesOnly(Scenario scenario) {
        SplittableRandom random = new SplittableRandom(~scenario.seed());
        Disturbance.Kind[] kinds = {
            Disturbance.Kind.PAUSE,
            Disturbance.Kind.SLOW,
            Disturbance.Kind.PARTITION,
            Disturbance.Kind.PARTITION_UP,
            Disturbance.Kind.PARTITION_DOWN,
            Disturbance.Kind.AGENT_PAUSE
        };
        List<Disturbance> pauses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pauses.add(new Disturbance.At(
                    kinds[random.nextInt(kinds.length)],
                    random.nextInt(scenario.spec().ranks()),
                    random.nextLong(600) * MS,
                    random.nextLong(20, 220) * MS));
        }
        return scenario.with(pauses);
    }

    private static Outcomes run(UnaryOperator<Scenario> variant, int schedules, Outcomes seen) {
        Schedules all = new Schedules(Core::real, variant, seen::count);
        all.firstFinding(FIRST_SEED, schedules).ifPresent(finding -> {
            throw finding.violation();
        });
        return seen;
    }

    /** What the schedules led to. */
    private static final class Outcomes {
        private static final Map<String, String> FAILURES = Map.of(
                "--max-recoveries", "failure: recoveries",
                "--min-ranks", "failure: too few ranks",
                "cannot be restored", "failure: uncoverable",
                "every rank was lost", "failure: all lost",
                "before the group was formed", "failure: formation");

        private final Map<String, Integer> counts = new ConcurrentSkipListMap<>();

        void count(Simulation simulation, JobOutcome outcome) {
            count(outcome.success() ? "success" : "failure");
            if (outcome.success() && simulation.incidents() > 0) {
                count("success after recovery");
            }
            FAILURES.forEach((text, name) -> {
                if (outcome.message().contains(text)) {
                    count(name);
                }
            });
            if (outcome.success() && simulation.reigns().count() > 1) {
                count("success under another coordinator");
            }
            simulation.changes().forEach(this::count);
            simulation.history().forEach(incident -> {
                count(incident.cause().label());
                if (incident.agreedAtNs() == null || incident.restoredAtNs() == null) {
                    count("overtaken recovery");
                }
                if (incident.ranks().size() != 1) {
                    count(incident.ranks().isEmpty() ? "nobody lost" : "several ranks in one incident");
                }
            });
        }

        private void count(MembershipChange change) {
            if (change.resumedAtNs() == null) {
                count("change overtaken");
            } else {
                boolean joined = !change.joined().isEmpty();
                count(change.left().isEmpty() ? "joined" : joined ? "handed over" : "left");
            }
        }

        private void count(String name) {
            counts.merge(name, 1, Integer::sum);
        }

        Set<String> names() {
            return counts.keySet();
        }

        @Override
        public String toString() {
            return counts.toString();
        }
    }
}
