/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One of our measuring programs in {@code peers/}, built from its source.
 *
 * @param source its file
 * @param target what is built from it
 */
record PeerProgram(String source, String target) {
    /** Two ways of doing the same, of which the faster counts. */
    private static final Map<String, String> VARIANTS = Map.of(
            "reduce_scatter_block", "reduce_scatter",
            "all_reduce_regular", "all_reduce",
            "all_reduce_nontemporal", "all_reduce");

    private static final Duration BUILD = Duration.ofMinutes(2);
    private static final int FIELDS = 6;

    String path() {
        return Job.FOLDER.resolve(target).toString();
    }

    /** Compiles for the machine at hand, since Convoy's natives choose their instructions at run time. */
    void compile(String compiler, String standard, String... libraries) throws IOException, InterruptedException {
        Path file = Path.of("benchmarks", "side-by-side", "peers", source);
        List<String> command = new ArrayList<>(List.of(
                compiler, "-std=" + standard, "-O3", "-march=native", "-pthread", file.toString(), "-o", path()));
        command.addAll(Arrays.asList(libraries));
        Job.run(BUILD, Map.of(), command);
    }

    /** The arguments that all programs end with. */
    static List<String> arguments(Plan plan, List<Long> sizes) {
        List<String> arguments = new ArrayList<>(List.of(String.valueOf(plan.seconds())));
        sizes.forEach(size -> arguments.add(size.toString()));
        return arguments;
    }

    /** Reads lines of operation, bytes, iterations, µs, GB/s, wrong elements, and passes over any others. */
    static List<Sample> parse(List<String> lines, Plan plan, int ranks) throws IOException {
        Map<Figure, Sample> fastest = new HashMap<>();
        for (String line : lines) {
            String[] fields = line.strip().split(" ");
            String operation = VARIANTS.getOrDefault(fields[0], fields[0]);
            if (fields.length == FIELDS && Figure.OPERATIONS.contains(operation)) {
                Figure figure = new Figure(operation, Figure.FLOAT, ranks, Long.parseLong(fields[1]));
                Sample sample = new Sample(
                        figure,
                        Double.parseDouble(fields[3]),
                        Double.parseDouble(fields[4]),
                        Long.parseLong(fields[5]));
                fastest.merge(figure, sample, PeerProgram::faster);
            }
        }
        if (fastest.isEmpty()) {
            throw new IOException("no figures in: " + String.join(" | ", lines));
        }
        return fastest.values().stream()
                .filter(sample -> plan.contains(sample.figure()))
                .toList();
    }

    private static Sample faster(Sample a, Sample b) {
        if ((a.wrong() > 0) != (b.wrong() > 0)) {
            return a.wrong() > 0 ? b : a;
        }
        return a.micros() <= b.micros() ? a : b;
    }
}
