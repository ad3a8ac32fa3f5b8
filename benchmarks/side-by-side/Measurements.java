/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that was measured, by column and figure. */
final class Measurements {
    /** So many times the shortest distance between the cores is too far to be compared. */
    private static final double TOO_FAR = 3;

    private record Measured(Sample sample, double coreDistance) {}

    private final Map<String, Map<Figure, List<Measured>>> columns = new LinkedHashMap<>();
    private double shortest = Double.MAX_VALUE;
    private final List<String> lines =
            new ArrayList<>(List.of("round,column,operation,type,ranks,bytes,us,busbwGBs,wrong,coreDistanceNs"));

    /**
     * Takes what a contestant measured.
     *
     * @param coreDistance the larger one of before and after, in ns
     */
    void add(int round, String column, List<Sample> samples, double coreDistance) {
        shortest = coreDistance > 0 ? Math.min(shortest, coreDistance) : shortest;
        Map<Figure, List<Measured>> figures = columns.computeIfAbsent(column, key -> new LinkedHashMap<>());
        for (Sample sample : samples) {
            Figure figure = sample.figure();
            figures.computeIfAbsent(figure, key -> new ArrayList<>()).add(new Measured(sample, coreDistance));
            lines.add(String.join(
                    ",",
                    String.valueOf(round),
                    '"' + column + '"',
                    figure.operation(),
                    figure.type(),
                    String.valueOf(figure.ranks()),
                    String.valueOf(figure.bytes()),
                    String.valueOf(sample.micros()),
                    String.valueOf(sample.busBandwidth()),
                    String.valueOf(sample.wrong()),
                    String.valueOf(coreDistance)));
        }
    }

    boolean hasRanks(String column, int ranks) {
        return columns.getOrDefault(column, Map.of()).keySet().stream().anyMatch(figure -> figure.ranks() == ranks);
    }

    /** Times of one operation, in µs. */
    Optional<Spread> micros(String column, Figure figure) {
        return samples(column, figure)
                .map(all -> Spread.of(all.stream().map(Sample::micros).toList()));
    }

    /** Bus bandwidths, in GB/s. */
    Optional<Spread> bandwidth(String column, Figure figure) {
        return samples(column, figure)
                .map(all -> Spread.of(all.stream().map(Sample::busBandwidth).toList()));
    }

    /** Which of the columns has the shortest median time. */
    Optional<String> fastest(List<String> among, Figure figure) {
        return among.stream()
                .filter(column -> micros(column, figure).isPresent())
                .min(Comparator.comparingDouble(
                        column -> micros(column, figure).orElseThrow().median()));
    }

    /** What was measured with wrong results, in words. */
    List<String> wrong() {
        List<String> found = new ArrayList<>();
        columns.forEach((column, figures) -> figures.forEach((figure, samples) -> {
            if (samples.stream().anyMatch(measured -> measured.sample().wrong() > 0)) {
                found.add(column + ": wrong elements in " + figure.operation() + ", " + figure.type() + ", "
                        + figure.size() + ", " + figure.ranks() + " ranks");
            }
        }));
        return found;
    }

    /** Every single measurement. */
    void write(Path file) throws IOException {
        Files.write(file, lines);
    }

    /** How many measurements there are, and how many of them are left out for the distance of the cores. */
    String leftOut() {
        List<Measured> all = columns.values().stream()
                .flatMap(figures -> figures.values().stream())
                .flatMap(List::stream)
                .toList();
        long far = all.stream().filter(measured -> !isNear(measured)).count();
        return far + " of " + all.size();
    }

    private boolean isNear(Measured measured) {
        return measured.coreDistance() <= TOO_FAR * shortest;
    }

    /** Those taken while the cores were near each other; all of them if there are no such. */
    private Optional<List<Sample>> samples(String column, Figure figure) {
        List<Measured> all = columns.getOrDefault(column, Map.of()).getOrDefault(figure, List.of());
        List<Measured> near = all.stream().filter(this::isNear).toList();
        List<Sample> counted =
                (near.isEmpty() ? all : near).stream().map(Measured::sample).toList();
        return counted.isEmpty() ? Optional.empty() : Optional.of(counted);
    }
}
