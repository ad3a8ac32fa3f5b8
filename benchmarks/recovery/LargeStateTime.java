/* SPDX-License-Identifier: Apache-2.0 */

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a recovery with a large state takes, and how that compares with copying it: two ranks, one of which is
 * killed and replaced. Run by {@code benchmarks/recovery/large-state [MIB [RUNS [RUN OPTION...]]]}, MIB for each rank.
 */
public final class LargeStateTime {
    private static final int STEPS = 6;
    private static final List<String> STAMPS = List.of(
            "faultAtNs", "detectedAtNs", "abortedAtNs", "agreedAtNs", "rebuiltAtNs", "restoredAtNs", "resumedAtNs");

    private LargeStateTime() {}

    public static void main(String[] args) throws Exception {
        long mib = args.length > 0 ? Long.parseLong(args[0]) : 256;
        int runs = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        List<String> options =
                args.length > 2 ? List.of(args).subList(2, args.length) : List.of("--recover", "replace");
        for (int run = 1; run <= runs; run++) {
            print(mib, run(mib, options));
        }
    }

    private static JsonNode run(long mib, List<String> options) throws IOException, InterruptedException {
        Path report = Files.createTempFile("recovery", ".json");
        try {
            List<String> command = new ArrayList<>(List.of("./convoy", "run", "-n", "2", "--fault", "kill:1@3"));
            command.addAll(List.of("--durable-every", "600000", "--report", report.toString()));
            command.addAll(options);
            command.addAll(List.of("--", "java", "-Xmx128m", "-XX:+UseSerialGC"));
            command.addAll(List.of("benchmarks/recovery/LargeState.java", "" + mib, "" + STEPS));
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + " ended with status " + process.exitValue());
            }
            return new ObjectMapper().readTree(report.toFile());
        } finally {
            Files.deleteIfExists(report);
        }
    }

    private static void print(long mib, JsonNode report) {
        JsonNode incident = report.get("incidents").get(0);
        double copyGiBs = report.get("final").get("testAccuracy").asDouble() * 1_000;
        System.out.printf(
                "%d MiB a rank, a plain copy of that %.0f ms (%.1f GiB/s)%n",
                mib, mib / 1024.0 / copyGiBs * 1e3, copyGiBs);
        for (int i = 1; i < STAMPS.size(); i++) {
            double ms = (incident.get(STAMPS.get(i)).asLong()
                            - incident.get(STAMPS.get(i - 1)).asLong())
                    / 1e6;
            System.out.printf("  %-12s %9.1f ms%n", STAMPS.get(i).replace("AtNs", ""), ms);
        }
        double restore = (incident.get("restoredAtNs").asLong()
                        - incident.get("rebuiltAtNs").asLong())
                / 1e9;
        System.out.printf(
                "  restore: %.2f GiB/s, %.1f copies' time%n",
                mib / 1024.0 / restore, restore * copyGiBs / (mib / 1024.0));
    }
}
