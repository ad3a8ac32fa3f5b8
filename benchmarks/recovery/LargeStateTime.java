/* SPDX-License-Identifier: Apache-2.0 */

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Snapshots and recovery with a large state, compared with copying it: some ranks, the last of which is killed. Run by
 * {@code benchmarks/recovery/large-state [MIB [RUNS [RANKS [RUN OPTION...]]]]}, MIB for each rank.
 */
public final class LargeStateTime {
    private static final int STEPS = 60;
    private static final int FAULT = 57;
    private static final List<String> STAMPS = List.of(
            "faultAtNs", "detectedAtNs", "abortedAtNs", "agreedAtNs", "rebuiltAtNs", "restoredAtNs", "resumedAtNs");

    private final long mib;
    private final int ranks;
    private final List<String> options;
    private final Path folder;
    private final Map<String, List<Double>> measured = new LinkedHashMap<>();

    private LargeStateTime(long mib, int ranks, List<String> options, Path folder) {
        this.mib = mib;
        this.ranks = ranks;
        this.options = options;
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        long mib = args.length > 0 ? Long.parseLong(args[0]) : 256;
        int runs = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        int ranks = args.length > 2 ? Integer.parseInt(args[2]) : 2;
        List<String> options =
                args.length > 3 ? List.of(args).subList(3, args.length) : List.of("--recover", "replace");
        Path folder = Files.createTempDirectory("large-state");
        try {
            LargeStateTime time = new LargeStateTime(mib, ranks, options, folder);
            time.compile();
            for (int run = 1; run <= runs; run++) {
                time.run();
            }
            time.print();
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    // Once, so that a replacement is a JVM that starts, not one that compiles.
    private void compile() {
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-d",
                        folder.resolve("classes").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "benchmarks/recovery/LargeState.java");
        if (status != 0) {
            throw new IllegalStateException("LargeState.java does not compile");
        }
    }

    private void run() throws IOException, InterruptedException {
        Path report = folder.resolve("report.json");
        Path figures = folder.resolve("figures");
        Path state = folder.resolve("state");
        List<String> command = new ArrayList<>(List.of("./convoy", "run", "-n", "" + ranks));
        command.addAll(List.of("--fault", "kill:" + (ranks - 1) + "@" + FAULT, "--durable-every", "600000"));
        command.addAll(List.of("--state-dir", state.toString(), "--report", report.toString()));
        command.addAll(options);
        command.addAll(List.of("--", "java", "-Xmx128m", "-XX:+UseSerialGC", "-cp", classPath(), "LargeState"));
        command.addAll(List.of("" + mib, "" + STEPS, "" + FAULT, state.toString(), figures.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with status " + process.exitValue()
                    + ":\n" + Files.readString(folder.resolve("log")));
        }
        record(new ObjectMapper().readTree(report.toFile()).get("incidents").get(0), figures);
    }

    private String classPath() {
        return folder.resolve("classes") + ":" + System.getProperty("java.class.path");
    }

    private void record(JsonNode incident, Path file) throws IOException {
        Properties figures = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            figures.load(in);
        }
        double gib = mib / 1024.0;
        double copyMs = gib / number(figures, "copyTogether") * 1e3;
        put("plain copy, one rank alone, GiB/s", number(figures, "copyAlone"));
        put("plain copy, all ranks at once, GiB/s", number(figures, "copyTogether"));
        put("plain copy of the state, all ranks at once, ms", copyMs);
        put("snapshot before a step, ms", number(figures, "snapshotMs"));
        put("step and snapshot, ms", number(figures, "periodMs"));
        put("snapshot, GiB/s of state", gib / number(figures, "snapshotMs") * 1e3);
        put("snapshot, share of the copy's speed", copyMs / number(figures, "snapshotMs"));
        for (int i = 1; i < STAMPS.size(); i++) {
            put(STAMPS.get(i).replace("AtNs", "") + ", ms", span(incident, STAMPS.get(i - 1), STAMPS.get(i)));
        }
        put("fault to resumed, ms", span(incident, "faultAtNs", "resumedAtNs"));
        put("restored, in copies of the state", span(incident, "rebuiltAtNs", "restoredAtNs") / copyMs);
        put("snapshot memory announced, MiB a rank", number(figures, "announced") / (1 << 20));
        put("snapshot memory used, MiB a rank", number(figures, "used") / (1 << 20));
    }

    private static double number(Properties figures, String key) {
        return Double.parseDouble(figures.getProperty(key));
    }

    private static double span(JsonNode incident, String from, String to) {
        return (incident.get(to).asLong() - incident.get(from).asLong()) / 1e6;
    }

    private void put(String what, double value) {
        measured.computeIfAbsent(what, key -> new ArrayList<>()).add(value);
    }

    private void print() {
        System.out.printf(
                "%d ranks, %d MiB a rank, %s%n%n| what | median | lowest | highest |%n| --- | --- | --- | --- |%n",
                ranks, mib, String.join(" ", options));
        measured.forEach((what, values) -> {
            double[] sorted =
                    values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
            System.out.printf("| %s | %.2f | %.2f | %.2f |%n", what, median, sorted[0], sorted[sorted.length - 1]);
        });
    }
}
