/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.RuntimeKind;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.ConvoyCommandLine;
import dev.convoy.cudatests.Trial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The training of a network on Fashion-MNIST by the launcher, undisturbed or with a rank that is lost half-way. */
public final class JobTrial implements Trial {
    private static final Duration BOUND = Duration.ofSeconds(280);
    private static final List<String> PHASES = List.of(
            "faultAtNs", "detectedAtNs", "abortedAtNs", "agreedAtNs", "rebuiltAtNs", "restoredAtNs", "resumedAtNs");
    private static final double NANOS_PER_MILLI = 1e6;
    /** Of ten classes; a network that learnt nothing gets 0.1. */
    private static final double LEAST_ACCURACY = 0.5;

    private final String name;
    private final String fault;
    private final String policy;
    private final int lost;

    private JobTrial(String name, String fault, String policy, int lost) {
        this.name = name;
        this.fault = fault;
        this.policy = policy;
        this.lost = lost;
    }

    /**
     * Nobody is lost.
     *
     * @return the trial
     */
    public static JobTrial undisturbed() {
        return new JobTrial("training", "none", "shrink", 0);
    }

    /**
     * A rank is killed, and the others go on.
     *
     * @return the trial
     */
    public static JobTrial killed() {
        return new JobTrial("training-kill", "kill:1@%d", "shrink", 1);
    }

    /**
     * A rank is stopped in the midst of a step, is taken for lost, and the others go on.
     *
     * @return the trial
     */
    public static JobTrial stopped() {
        return new JobTrial("training-stop", "stop:1@%d", "shrink", 1);
    }

    /**
     * A rank is killed, and a new process takes its place.
     *
     * @return the trial
     */
    public static JobTrial replaced() {
        return new JobTrial("training-replace", "kill:1@%d", "replace", 0);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Duration bound() {
        return Duration.ofMinutes(15);
    }

    @Override
    public String run(Bench bench) throws Exception {
        bench.runtime();
        List<String> results = new ArrayList<>();
        for (int ranks : bench.isQuick() || bench.kind() == RuntimeKind.HOST ? List.of(3) : List.of(2, 3, 4)) {
            results.add(job(bench, ranks));
        }
        return String.join("; ", results);
    }

    private String job(Bench bench, int ranks) throws Exception {
        int steps = bench.isQuick() ? 60 : 200;
        JsonNode report = report(bench, ranks, steps, String.format(Locale.ROOT, fault, steps / 2));
        JsonNode end = report.get("final");
        Check.equal(bench.runtimeName(), report.get("runtime").asText(), "runtime of the job");
        Check.equal(ranks - lost, end.get("worldSize").asInt(), "ranks in the end");
        Check.equal((long) steps, end.get("step").asLong(), "step in the end");
        Check.equal(0L, report.at("/samples/skipped").asLong(), "samples skipped");
        Check.equal(0L, report.at("/samples/duplicated").asLong(), "samples used twice");
        double accuracy = end.get("testAccuracy").asDouble();
        Check.that(accuracy >= LEAST_ACCURACY, "accuracy " + accuracy);
        Check.equal(fault.equals("none") ? 0 : 1, report.get("incidents").size(), "incidents");
        report.get("incidents").forEach(incident -> timeline(bench, ranks, incident));
        bench.say(
                "%d ranks: accuracy %.4f, parameters %.16s",
                ranks, accuracy, end.get("parametersSha256").asText());
        return ranks + " ranks: accuracy " + String.format(Locale.ROOT, "%.3f", accuracy) + resumed(report);
    }

    private JsonNode report(Bench bench, int ranks, int steps, String faults) throws Exception {
        Path file = bench.folder().resolve("report-" + ranks + ".json");
        List<String> lines = ConvoyCommandLine.run(
                BOUND,
                List.of(
                        "demo",
                        "--runtime",
                        bench.runtimeName(),
                        "--ranks",
                        Integer.toString(ranks),
                        "--steps",
                        Integer.toString(steps),
                        "--fault",
                        faults,
                        "--recover",
                        policy,
                        "--deadline",
                        deadline(bench),
                        "--state-dir",
                        bench.folder().resolve("state-" + ranks).toString(),
                        "--report",
                        file.toString()));
        bench.show(lines);
        return new ObjectMapper().readTree(file.toFile());
    }

    /** Short only where it is waited for: on a machine that is busy, a rank may be slow for a while. */
    private String deadline(Bench bench) {
        return fault.startsWith("stop") && bench.kind() == RuntimeKind.HOST ? "4" : "20";
    }

    private static void timeline(Bench bench, int ranks, JsonNode incident) {
        StringBuilder text =
                new StringBuilder(ranks + " ranks, " + incident.get("cause").asText() + " seen by "
                        + incident.get("detectedBy").asText() + ":");
        for (String phase : PHASES) {
            text.append(String.format(
                    Locale.ROOT,
                    " %s %.1f ms",
                    phase.replace("AtNs", ""),
                    (incident.get(phase).asLong()
                                    - incident.get(PHASES.getFirst()).asLong())
                            / NANOS_PER_MILLI));
        }
        bench.say("%s; step %d again", text, incident.get("restoredStep").asLong());
    }

    private static String resumed(JsonNode report) {
        JsonNode incident = report.at("/incidents/0");
        if (incident.isMissingNode()) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                ", resumed %.1f ms after the fault",
                (incident.get("resumedAtNs").asLong()
                                - incident.get("faultAtNs").asLong())
                        / NANOS_PER_MILLI);
    }
}
