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
import java.util.stream.Stream;

/** All that was measured, by column and figure. */
final class Measurements {
    private final Map<String, Map<Figure, List<Sample>>> columns = new LinkedHashMap<>();
    private final List<String> lines =
            new ArrayList<>(List.of("round,column,operation,type,ranks,bytes,us,busbwGBs,wrong"));

    void add(int round, String column, List<Sample> samples) {
        Map<Figure, List<Sample>> figures = columns.computeIfAbsent(column, key -> new LinkedHashMap<>());
        for (Sample sample : samples) {
            Figure figure = sample.figure();
            figures.computeIfAbsent(figure, key -> new ArrayList<>()).add(sample);
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
                    String.valueOf(sample.wrong())));
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
            if (samples.stream().anyMatch(sample -> sample.wrong() > 0)) {
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

    private Optional<List<Sample>> samples(String column, Figure figure) {
        return Stream.ofNullable(columns.get(column))
                .flatMap(figures -> Stream.ofNullable(figures.get(figure)))
                .findFirst();
    }
}
