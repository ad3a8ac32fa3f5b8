/* SPDX-License-Identifier: Apache-2.0 */

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The measurements as Markdown. */
final class Tables {
    private final Measurements measured;
    private final Plan plan;
    private final StringBuilder text = new StringBuilder();

    Tables(Measurements measured, Plan plan) {
        this.measured = measured;
        this.plan = plan;
    }

    /** All tables, below what was said about where they come from. */
    String markdown(List<String> preamble) {
        preamble.forEach(line -> text.append(line).append("\n"));
        for (int ranks : plan.ranks()) {
            figures(ranks);
        }
        shortTypes();
        goals();
        return text.toString();
    }

    private void figures(int ranks) {
        List<String> columns = columns(ranks);
        text.append("\n### ").append(ranks).append(" ranks, float32\n\n");
        text.append("Bus bandwidth in GB/s; below 1 KiB the time of one operation in µs. Median (lowest–highest).\n\n");
        List<String> header = new ArrayList<>(List.of("operation", "size"));
        header.addAll(columns);
        header.addAll(List.of("÷ better MPI as installed", "÷ best MPI of all settings"));
        row(header);
        row(header.stream().map(name -> "---").toList());
        for (String operation : Figure.OPERATIONS) {
            for (long bytes : plan.sizesOf(operation)) {
                figure(new Figure(operation, Figure.FLOAT, ranks, bytes), columns);
            }
        }
    }

    private List<String> columns(int ranks) {
        List<String> columns = new ArrayList<>(List.of(MemoryLimit.COLUMN));
        columns.addAll(Goals.ANY);
        columns.addAll(List.of(Gloo.COLUMN, ConvoyPerf.COLUMN));
        columns.removeIf(column -> !measured.hasRanks(column, ranks));
        return columns;
    }

    private void figure(Figure figure, List<String> columns) {
        List<String> cells = new ArrayList<>(List.of(figure.operation(), figure.size()));
        for (String column : columns) {
            cells.add(cell(column, figure));
        }
        cells.add(ratio(Goals.PLAIN, figure));
        cells.add(ratio(Goals.ANY, figure));
        row(cells);
    }

    private String cell(String column, Figure figure) {
        Optional<Spread> spread =
                figure.isLatency() ? measured.micros(column, figure) : measured.bandwidth(column, figure);
        return spread.map(Spread::toString).orElse("–");
    }

    /** How many times as fast Convoy is as the fastest of those columns. */
    private String ratio(List<String> among, Figure figure) {
        Optional<Spread> ours = measured.micros(ConvoyPerf.COLUMN, figure);
        Optional<Spread> theirs = measured.fastest(among, figure).flatMap(column -> measured.micros(column, figure));
        return ours.isPresent() && theirs.isPresent()
                ? "**" + Spread.digits(theirs.get().median() / ours.get().median()) + "**"
                : "–";
    }

    private void shortTypes() {
        text.append("\n### Convoy, all-reduce by type\n\nBus bandwidth in GB/s; below 1 KiB µs.\n\n");
        List<String> types = new ArrayList<>(List.of(Figure.FLOAT));
        types.addAll(ConvoyPerf.SHORT_TYPES);
        List<String> header = new ArrayList<>(List.of("ranks", "size"));
        header.addAll(types);
        row(header);
        row(header.stream().map(name -> "---").toList());
        for (int ranks : plan.ranks()) {
            for (long bytes : plan.sizesOf(Figure.ALL_REDUCE)) {
                List<String> cells = new ArrayList<>();
                Figure any = new Figure(Figure.ALL_REDUCE, Figure.FLOAT, ranks, bytes);
                cells.addAll(List.of(String.valueOf(ranks), any.size()));
                types.forEach(
                        type -> cells.add(cell(ConvoyPerf.COLUMN, new Figure(Figure.ALL_REDUCE, type, ranks, bytes))));
                row(cells);
            }
        }
    }

    private void goals() {
        List<Goals.Verdict> verdicts = new Goals(measured, plan).verdicts();
        if (verdicts.isEmpty()) {
            return;
        }
        text.append("\n### Against the goals\n\n");
        row(List.of("what", "compared with", "goal", "medians", "best rounds", ""));
        row(List.of("---", "---", "---", "---", "---", "---"));
        for (Goals.Verdict verdict : verdicts) {
            row(List.of(
                    verdict.what(),
                    verdict.detail(),
                    verdict.goal(),
                    Spread.digits(verdict.reached()),
                    Spread.digits(verdict.best()),
                    verdict.pass() ? "PASS" : "below"));
        }
        long passed = verdicts.stream().filter(Goals.Verdict::pass).count();
        text.append("\n").append(passed).append(" of ").append(verdicts.size()).append(" reached.\n");
    }

    private void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
