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
     * One goal.
     *
     * @param what in words
     * @param goal in words
     * @param reached the figure that it is about, from medians
     * @param best the same from the best rounds: on a shared machine disturbances only ever slow down
     * @param detail what was compared with what
     * @param pass whether the medians reach it
     */
    record Verdict(String what, String goal, double reached, double best, String detail, boolean pass) {}

    List<Verdict> verdicts() {
        List<Verdict> all = new ArrayList<>();
        smallest().ifPresent(all::add);
        for (int ranks : plan.ranks()) {
            for (String operation : Figure.OPERATIONS) {
                for (long bytes : plan.sizesOf(operation)) {
                    Figure figure = new Figure(operation, Figure.FLOAT, ranks, bytes);
                    double goal = goal(figure);
                    if (goal > 0) {
                        against("the better MPI as installed", PLAIN, figure, goal)
                                .ifPresent(all::add);
                        against("the best MPI of all settings", ANY, figure, NEVER_SLOWER)
                                .ifPresent(all::add);
                    }
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
                .map(micros -> new Verdict(
                        name(figure) + ", µs",
                        "≤ " + SMALLEST_MICROS,
                        micros.median(),
                        micros.lowest(),
                        "",
                        micros.median() <= SMALLEST_MICROS));
    }

    private Optional<Verdict> against(String whom, List<String> columns, Figure figure, double goal) {
        return measured.fastest(columns, figure)
                .flatMap(column -> ratio(name(figure) + " ÷ " + whom, column, figure, goal));
    }

    private Optional<Verdict> limit(Figure figure) {
        double goal = limitGoal(figure);
        return goal == 0
                ? Optional.empty()
                : ratio(name(figure) + " ÷ the memory's limit", MemoryLimit.COLUMN, figure, goal);
    }

    private Optional<Verdict> ratio(String what, String column, Figure figure, double goal) {
        Optional<Spread> ours = measured.micros(ConvoyPerf.COLUMN, figure);
        Optional<Spread> theirs = measured.micros(column, figure);
        if (ours.isEmpty() || theirs.isEmpty()) {
            return Optional.empty();
        }
        double reached = theirs.get().median() / ours.get().median();
        double best = theirs.get().lowest() / ours.get().lowest();
        return Optional.of(new Verdict(what, "≥ " + goal, reached, best, column, reached >= goal));
    }

    private void shortTypes(int ranks, List<Verdict> all) {
        for (String type : ConvoyPerf.SHORT_TYPES) {
            for (long bytes : plan.sizes()) {
                Figure figure = new Figure(Figure.ALL_REDUCE, type, ranks, bytes);
                Figure full = new Figure(Figure.ALL_REDUCE, Figure.FLOAT, ranks, bytes);
                Optional<Spread> ours = measured.micros(ConvoyPerf.COLUMN, figure);
                Optional<Spread> theirs = measured.micros(ConvoyPerf.COLUMN, full);
                if (ours.isPresent() && theirs.isPresent()) {
                    double reached = theirs.get().median() / ours.get().median();
                    all.add(new Verdict(
                            name(figure) + " of " + type + " ÷ float",
                            "≥ " + SHORT_TYPES,
                            reached,
                            theirs.get().lowest() / ours.get().lowest(),
                            "Convoy",
                            reached >= SHORT_TYPES));
                }
            }
        }
    }

    private static String name(Figure figure) {
        return figure.operation() + ", " + figure.ranks() + " ranks, " + figure.size();
    }
}
