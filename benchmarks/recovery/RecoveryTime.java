/* SPDX-License-Identifier: Apache-2.0 */

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long a recovery takes, phase by phase: runs the demo several times with one fault and prints the median, the
 * lowest and the highest time of each phase, in milliseconds. Run by {@code benchmarks/recovery/run [RUNS] [DEMO
 * OPTION...]}.
 */
public final class RecoveryTime {
    private static final List<String> STAMPS = List.of(
            "faultAtNs", "detectedAtNs", "abortedAtNs", "agreedAtNs", "rebuiltAtNs", "restoredAtNs", "resumedAtNs");

    // Of a newcomer that is taken in at a step boundary (--recover regrow).
    private static final List<String> CHANGE_STAMPS =
            List.of("stoppedAtNs", "agreedAtNs", "rebuiltAtNs", "restoredAtNs", "resumedAtNs");

    private RecoveryTime() {}

    public static void main(String[] args) throws Exception {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        List<String> options = args.length > 1 ? Arrays.asList(args).subList(1, args.length) : defaults();
        Map<String, List<Double>> phases = new LinkedHashMap<>();
        Map<String, List<Double>> changes = new LinkedHashMap<>();
        for (int run = 1; run <= runs; run++) {
            JsonNode report = demo(run, options);
            JsonNode incidents = report.get("incidents");
            double total = record(incidents.get(incidents.size() - 1), STAMPS, "fault to resumed", phases);
            for (JsonNode change : report.get("changes")) {
                record(change, CHANGE_STAMPS, "stopped to resumed", changes);
            }
            System.out.printf("run %2d of %d: fault to resumed %.1f ms%n", run, runs, total);
        }
        print(phases, options);
        if (!changes.isEmpty()) {
            print(changes, options);
        }
    }

    private static List<String> defaults() {
        return List.of("--steps", "80", "--fault", "kill:2@40");
    }

    private static JsonNode demo(int seed, List<String> options) throws IOException, InterruptedException {
        Path report = Files.createTempFile("recovery", ".json");
        try {
            List<String> command = new ArrayList<>(List.of("./convoy", "demo", "--seed", "" + seed));
            command.addAll(options);
            command.addAll(List.of("--report", report.toString()));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/null"))
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + " ended with status " + process.exitValue());
            }
            return new ObjectMapper().readTree(report.toFile());
        } finally {
            Files.deleteIfExists(report);
        }
    }

    private static double record(JsonNode event, List<String> stamps, String whole, Map<String, List<Double>> phases) {
        for (int i = 1; i < stamps.size(); i++) {
            phases.computeIfAbsent(stamps.get(i), key -> new ArrayList<>())
                    .add(millis(event, stamps.get(i - 1), stamps.get(i)));
        }
        double total = millis(event, stamps.getFirst(), stamps.getLast());
        phases.computeIfAbsent(whole, key -> new ArrayList<>()).add(total);
        return total;
    }

    private static double millis(JsonNode event, String from, String to) {
        return (event.get(to).asLong() - event.get(from).asLong()) / 1e6;
    }

    private static void print(Map<String, List<Double>> phases, List<String> options) {
        System.out.printf(
                "%n%s%n%n| phase | median ms | lowest | highest | 99th percentile |%n| --- | --- | --- | --- | --- |%n",
                String.join(" ", options));
        phases.forEach((name, values) -> {
            double[] sorted =
                    values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
            System.out.printf(
                    "| %s | %.2f | %.2f | %.2f | %s |%n",
                    name.replace("AtNs", ""), median, sorted[0], sorted[sorted.length - 1], percentile99(sorted));
        });
    }

    // By the nearest rank; fewer than a hundred runs do not show one.
    private static String percentile99(double[] sorted) {
        return sorted.length < 100 ? "–" : String.format("%.2f", sorted[(int) Math.ceil(0.99 * sorted.length) - 1]);
    }
}
