/* SPDX-License-Identifier: Apache-2.0 */

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What Convoy is meant to reach, and whether it did. */
final class Goals {
    /** The MPIs as they are installed. */
    static final List<String> PLAIN = List.of("Open MPI", "MPICH");
    /** With every set of settings that was tried and good at something. */
    static final List<String> ANY = PLAIN.stream()
            .flatMap(name -> Stream.of(name, name + Mpi.TUNED, name + Mpi.HUGE))
            .toList();

    private static final long KI = 1 << 10;
    private static final long MI = 1 << 20;
    private static final double NEVER_SLOWER = 1;
    private static final double SHORT_TYPES = 0.7;
    private static final double SMALLEST_MICROS = 0.4;

    private final Measurements measured;
    private final Plan plan;

    Goals(Measurements measured, Plan plan) {
        this.measured = measured;
        this.plan = plan;
    }

    /**
     * One ratio.
     *
     * @param column whom Convoy is compared with
     * @param medians of all rounds
     * @param best of the best rounds: on a shared machine a disturbance only ever slows down
     */
    record Ratio(String column, double medians, double best) {
        @Override
        public String toString() {
            return Spread.digits(medians)
                    + (column.isEmpty() ? "" : " × " + column)
                    + (best == medians ? "" : ", best rounds " + Spread.digits(best));
        }
    }

    /**
     * One goal and what became of it.
     *
     * @param what in words
     * @param least the goal
     * @param installed against the peers as they are installed, or whatever else the goal is about
     * @param any against the peers with their best settings; null where there are none
     */
    record Verdict(String what, double least, Ratio installed, Ratio any) {
        boolean pass() {
            return installed.medians() >= least;
        }

        boolean passAny() {
            return any == null ? pass() : any.medians() >= least;
        }
    }

    List<Verdict> verdicts() {
        List<Verdict> all = new ArrayList<>();
        smallest().ifPresent(all::add);
        for (int ranks : plan.ranks()) {
            for (String operation : Figure.OPERATIONS) {
                for (long bytes : plan.sizesOf(operation)) {
                    Figure figure = new Figure(operation, Figure.FLOAT, ranks, bytes);
                    speed(figure).ifPresent(all::add);
                    limit(figure).ifPresent(all::add);
                }
            }
            shortTypes(ranks, all);
        }
        return all;
    }

    /** How many times as fast as the better MPI; 0 where there is no goal. */
    private static double goal(Figure figure) {
        if (!figure.operation().equals(Figure.ALL_REDUCE)) {
            return figure.bytes() >= 64 * KI ? NEVER_SLOWER : 0;
        }
        if (figure.ranks() > 2) {
            return figure.bytes() >= MI ? 2.5 : figure.bytes() == 8 ? NEVER_SLOWER : 0;
        }
        return figure.bytes() >= 128 * MI ? 4.5 : figure.bytes() >= 16 * MI ? 3.5 : figure.bytes() >= 64 * KI ? 2 : 0;
    }

    private static double limitGoal(Figure figure) {
        if (figure.ranks() > 2 || !figure.operation().equals(Figure.ALL_REDUCE)) {
            return 0;
        }
        return figure.bytes() >= 128 * MI ? 0.6 : figure.bytes() >= 16 * MI ? 0.45 : 0;
    }

    private Optional<Verdict> smallest() {
        Figure figure = new Figure(Figure.ALL_REDUCE, Figure.FLOAT, 2, 8);
        return measured.micros(ConvoyPerf.COLUMN, figure)
                .map(micros -> new Ratio("", SMALLEST_MICROS / micros.median(), SMALLEST_MICROS / micros.lowest()))
                .map(ratio -> new Verdict(SMALLEST_MICROS + " µs ÷ " + name(figure), 1, ratio, null));
    }

    private Optional<Verdict> speed(Figure figure) {
        double least = goal(figure);
        Optional<Ratio> installed = ratio(PLAIN, figure);
        return least == 0
                ? Optional.empty()
                : installed.map(ratio -> new Verdict(
                        name(figure), least, ratio, ratio(ANY, figure).orElseThrow()));
    }

    private Optional<Verdict> limit(Figure figure) {
        double least = limitGoal(figure);
        return least == 0
                ? Optional.empty()
                : ratio(List.of(MemoryLimit.COLUMN), figure)
                        .map(ratio -> new Verdict(name(figure), least, ratio, null));
    }

    /** How many times as fast as the fastest of those columns. */
    Optional<Ratio> ratio(List<String> columns, Figure figure) {
        Optional<Spread> ours = measured.micros(ConvoyPerf.COLUMN, figure);
        Optional<String> column = measured.fastest(columns, figure);
        if (ours.isEmpty() || column.isEmpty()) {
            return Optional.empty();
        }
        double lowest = columns.stream()
                .flatMap(each -> measured.micros(each, figure).stream())
                .mapToDouble(Spread::lowest)
                .min()
                .orElseThrow();
        double median = measured.micros(column.get(), figure).orElseThrow().median();
        return Optional.of(new Ratio(
                column.get(), median / ours.get().median(), lowest / ours.get().lowest()));
    }

    private void shortTypes(int ranks, List<Verdict> all) {
        for (String type : ConvoyPerf.SHORT_TYPES) {
            for (long bytes : plan.sizes()) {
                Figure figure = new Figure(Figure.ALL_REDUCE, type, ranks, bytes);
                Figure full = new Figure(Figure.ALL_REDUCE, Figure.FLOAT, ranks, bytes);
                Optional<Spread> ours = measured.micros(ConvoyPerf.COLUMN, figure);
                Optional<Spread> theirs = measured.micros(ConvoyPerf.COLUMN, full);
                if (ours.isPresent() && theirs.isPresent()) {
                    Ratio ratio = new Ratio(
                            "Convoy's float",
                            theirs.get().median() / ours.get().median(),
                            theirs.get().lowest() / ours.get().lowest());
                    all.add(new Verdict(name(figure) + ", " + type, SHORT_TYPES, ratio, null));
                }
            }
        }
    }

    private static String name(Figure figure) {
        return figure.operation() + ", " + figure.ranks() + " ranks, " + figure.size();
    }
}
