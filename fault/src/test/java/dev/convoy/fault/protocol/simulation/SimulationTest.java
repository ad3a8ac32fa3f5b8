/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.MembershipChange;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random schedules against the coordinator; {@link Invariants} checks each by name and prints the seed. */
class SimulationTest {
    private static final int SCHEDULES = Integer.getInteger("convoy.simulation.schedules", 3_000);
    private static final long FIRST_SEED = Long.getLong("convoy.simulation.seed", 1);

    @Test
    @Timeout(120)
    void invariantsHoldUnderRandomSchedules() {
        Map<String, Integer> seen = new TreeMap<>();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
            run(seed, seen);
        }
        System.out.println(SCHEDULES + " schedules from seed " + FIRST_SEED + ": " + seen);
        // The schedules must really reach the places that the invariants are about.
        if (SCHEDULES >= 3_000) {
            assertThat(seen)
                    .containsKeys(
                            "success",
                            "success after recovery",
                            "overtaken recovery",
                            "several ranks in one incident",
                            "failure: recoveries",
                            "failure: too few ranks",
                            "failure: uncoverable",
                            "joined",
                            "left",
                            "handed over",
                            "change overtaken",
                            "hang",
                            "error");
        }
    }

    @Test
    @Timeout(60)
    void nobodyIsBlamedWhenTheAgentItselfDidNotRun() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 300; seed++) {
            Simulation simulation = new Simulation(Scenario.of(seed).withPausesOnly());
            JobOutcome outcome = simulation.run();
            assertThat(outcome.success()).as("seed %d: %s", seed, outcome).isTrue();
            assertThat(simulation.history()).as("seed %d", seed).isEmpty();
        }
    }

    private static void run(long seed, Map<String, Integer> seen) {
        Simulation simulation = new Simulation(Scenario.of(seed));
        JobOutcome outcome;
        try {
            outcome = simulation.run();
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + "\n" + String.join("\n", simulation.trace()), e);
        }
        count(seen, outcome.success() ? "success" : "failure");
        if (outcome.success() && simulation.incidents() > 0) {
            count(seen, "success after recovery");
        }
        classify(outcome.message(), seen);
        for (MembershipChange change : simulation.changes()) {
            boolean done = change.resumedAtNs() != null;
            count(seen, "change" + (done ? "" : " overtaken"));
            if (done && !change.joined().isEmpty()) {
                count(seen, "joined");
            }
            if (done && !change.left().isEmpty()) {
                count(seen, change.joined().isEmpty() ? "left" : "handed over");
            }
        }
        for (Incident incident : simulation.history()) {
            count(seen, incident.cause().label());
            if (incident.agreedAtNs() == null || incident.restoredAtNs() == null) {
                count(seen, "overtaken recovery");
            }
            if (incident.ranks().size() > 1) {
                count(seen, "several ranks in one incident");
            }
            assertPhasesInOrder(seed, incident);
        }
    }

    private static void classify(String message, Map<String, Integer> seen) {
        Map.of(
                        "--max-recoveries", "failure: recoveries",
                        "--min-ranks", "failure: too few ranks",
                        "cannot be restored", "failure: uncoverable",
                        "every rank was lost", "failure: all lost",
                        "before the group was formed", "failure: formation")
                .forEach((text, name) -> {
                    if (message.contains(text)) {
                        count(seen, name);
                    }
                });
    }

    private static void assertPhasesInOrder(long seed, Incident incident) {
        Long[] stamps = {
            incident.faultAtNs(),
            incident.detectedAtNs(),
            incident.abortedAtNs(),
            incident.agreedAtNs(),
            incident.rebuiltAtNs(),
            incident.restoredAtNs(),
            incident.resumedAtNs()
        };
        for (int i = 1; i < stamps.length; i++) {
            if (stamps[i] != null) {
                assertThat(stamps[i - 1])
                        .as("seed %d: phase %d of %s", seed, i - 1, incident)
                        .isNotNull();
                assertThat(stamps[i])
                        .as("seed %d: phase %d of %s", seed, i, incident)
                        .isGreaterThanOrEqualTo(stamps[i - 1]);
            }
        }
    }

    private static void count(Map<String, Integer> seen, String name) {
        seen.merge(name, 1, Integer::sum);
    }
}
