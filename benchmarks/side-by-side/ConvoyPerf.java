/* SPDX-License-Identifier: Apache-2.0 */

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Convoy's host runtime through its Java API, measured by {@code convoy perf}. */
final class ConvoyPerf implements Contestant {
    static final String COLUMN = "Convoy";
    static final List<String> SHORT_TYPES = List.of("half", "bfloat16");
    private static final Duration DEADLINE = Duration.ofSeconds(100);

    @Override
    public String column() {
        return COLUMN;
    }

    @Override
    public String settings() {
        return "`convoy perf OP --runtime host -z 1`";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Job.firstLine(Job.run(DEADLINE, "./convoy", "--version"));
    }

    @Override
    public List<String> packages() {
        return List.of();
    }

    @Override
    public boolean isInstalled() {
        return true;
    }

    /** {@code run} has built it. */
    @Override
    public void build() {}

    /** An operation on floats, or an all-reduce of another type. */
    @Override
    public List<String> parts() {
        return Stream.concat(Figure.OPERATIONS.stream(), SHORT_TYPES.stream()).toList();
    }

    @Override
    public List<Sample> measure(Plan plan, int ranks, String part) throws IOException, InterruptedException {
        return SHORT_TYPES.contains(part)
                ? measure(plan, ranks, Figure.ALL_REDUCE, part)
                : measure(plan, ranks, part, Figure.FLOAT);
    }

    private List<Sample> measure(Plan plan, int ranks, String operation, String type)
            throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        for (List<Long> sizes : progressions(plan.sizesOf(operation))) {
            samples.addAll(run(ranks, operation, type, sizes));
        }
        return samples.stream().filter(sample -> plan.contains(sample.figure())).toList();
    }

    /**
     * A run has sizes that are multiplied by one factor from each to the next: the smallest and the largest are one
     * such progression, the sizes between them another.
     */
    private static List<List<Long>> progressions(List<Long> sizes) {
        List<Long> inner = sizes.subList(1, sizes.size() - 1);
        long factor = inner.getLast() / inner.get(inner.size() - 2);
        if (inner.size() == 2 || inner.getFirst() * factor == inner.get(1)) {
            return List.of(inner, List.of(sizes.getFirst(), sizes.getLast()));
        }
        throw new IllegalArgumentException("no progression: " + sizes);
    }

    private static List<Sample> run(int ranks, String operation, String type, List<Long> sizes)
            throws IOException, InterruptedException {
        Path json = Files.createTempFile(Job.FOLDER, "perf", ".json");
        try {
            Job.run(DEADLINE, command(ranks, operation, type, sizes, json));
            List<Sample> samples = new ArrayList<>();
            for (JsonNode row : new ObjectMapper().readTree(json.toFile()).get("rows")) {
                samples.add(sample(row, ranks));
            }
            return samples;
        } finally {
            Files.deleteIfExists(json);
        }
    }

    private static String[] command(int ranks, String operation, String type, List<Long> sizes, Path json) {
        return Stream.of(
                        "./convoy perf " + operation + " --runtime host -z 1",
                        "--ranks " + ranks,
                        "-d " + type,
                        "-b " + sizes.getFirst(),
                        "-e " + sizes.getLast(),
                        "-f " + Math.max(2, sizes.get(1) / sizes.getFirst()),
                        "--json " + json)
                .flatMap(part -> Stream.of(part.split(" ")))
                .toArray(String[]::new);
    }

    /** In place; all-to-all, which NCCL does not have in place, out of place. */
    private static Sample sample(JsonNode row, int ranks) {
        JsonNode inPlace = row.get("inPlace");
        JsonNode measured = inPlace == null || inPlace.isNull() ? row.get("outOfPlace") : inPlace;
        Figure figure = new Figure(
                row.get("op").asText(),
                row.get("type").asText(),
                ranks,
                row.get("bytes").asLong());
        return new Sample(
                figure,
                measured.get("timeUs").asDouble(),
                measured.get("busbwGBs").asDouble(),
                measured.get("wrong").asLong());
    }
}
