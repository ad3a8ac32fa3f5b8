/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.ReduceOp;
import java.util.List;
import java.util.Locale;

/** The text of a run, in the columns of nccl-tests. Lines that are no rows begin with {@code #}. */
final class Table {
    private static final String KIND =
            "# %10s  %12s  %8s  %6s  %6s" + "           out-of-place                       in-place          %n";
    private static final String HEAD = "# %10s  %12s  %8s  %6s  %6s  %7s  %6s  %6s  %6s  %7s  %6s  %6s  %6s %n";

    private Table() {}

    static String intro(Plan plan, String version, List<RankLine.Ready> ranks, String host) {
        Sizes sizes = plan.sizes();
        boolean factor = sizes.factor() > 1;
        StringBuilder text = new StringBuilder();
        text.append(format(
                "# convoy version %s nccl-library=%s%n",
                version, ranks.getFirst().version()));
        text.append(format(
                "# Collective test starting: %s_perf%n", plan.collective().title()));
        text.append(format(
                "# nThread %d nGpus 1 minBytes %d maxBytes %d step: %d(%s) warmup iters: %d iters: %s agg iters: 1"
                        + " validation: %d graph: 0 unalign: 0%n",
                plan.threads(),
                sizes.from(),
                sizes.to(),
                factor ? sizes.factor() : sizes.step(),
                factor ? "factor" : "bytes",
                plan.warmup(),
                plan.iterations() == 0 ? "as many as take 0.1 s" : plan.iterations(),
                plan.checks()));
        if (plan.blocking()) {
            text.append(format("# Blocking Enabled: wait after each operation%n"));
        }
        text.append(format("#%n# Using devices%n"));
        for (RankLine.Ready rank : ranks) {
            text.append(format(
                    "#  Rank %2d Group %2d Pid %6d on %10s device %2d [%s]%n",
                    rank.rank(), 0, rank.pid(), host, rank.device(), rank.runtime()));
        }
        return text.toString();
    }

    static String head() {
        Object[] units = {
            "(B)", "(elements)", "", "", "", "(us)", "(GB/s)", "(GB/s)", "", "(us)", "(GB/s)", "(GB/s)", ""
        };
        Object[] names = {
            "size", "count", "type", "redop", "root", "time", "algbw", "busbw", "#wrong", "time", "algbw", "busbw",
            "#wrong"
        };
        return format("#%n") + format(KIND, "", "", "", "", "") + format(HEAD, names) + format(HEAD, units);
    }

    static String row(Row row, int ranks) {
        Case of = row.of();
        Shape shape = of.shape(ranks);
        return format(
                        "%12d  %12d  %8s  %6s  %6d",
                        shape.largestCount() * of.type().bytes(),
                        shape.count(),
                        ElementTypes.nameOf(of.type()),
                        opName(of),
                        of.root())
                + body(row.outOfPlace())
                + body(row.inPlace())
                + format("%n");
    }

    /** Latencies of a row, below it. */
    static String latencies(Row row) {
        StringBuilder text = new StringBuilder();
        text.append(latencies("out-of-place", row.outOfPlace().latencies()));
        if (row.inPlace() != null) {
            text.append(latencies("in-place", row.inPlace().latencies()));
        }
        return text.toString();
    }

    static String footer(Plan plan, List<Row> rows) {
        int errors = 0;
        int passes = 0;
        double sum = 0;
        for (Row row : rows) {
            for (Measurement each :
                    row.inPlace() == null ? List.of(row.outOfPlace()) : List.of(row.outOfPlace(), row.inPlace())) {
                errors += each.wrongRanks();
                sum += each.busBandwidth();
                passes++;
            }
        }
        return format("# %-20s : %d %s%n", "Out of bounds values", errors, errors == 0 ? "OK" : "FAILED")
                + format("# %-20s : %s %n", "Avg bus bandwidth", CFormat.general(passes == 0 ? 0 : sum / passes))
                + format(
                        "#%n# Collective test concluded: %s_perf%n",
                        plan.collective().title());
    }

    /** The name in the table; operations that move data alone have none, but for sendrecv. */
    static String opName(Case of) {
        boolean named = of.collective().reduces() || of.collective() == Collective.SENDRECV;
        return named ? opName(of.op()) : "none";
    }

    static String opName(ReduceOp op) {
        return op.name().toLowerCase(Locale.ROOT);
    }

    private static String body(Measurement of) {
        if (of == null) {
            return format("  %7s  %6s  %6s    N/A", "N/A", "N/A", "N/A");
        }
        String times = format(
                "  %s  %s  %s",
                CFormat.fitted(of.microsEach(), 7),
                CFormat.fitted(of.algorithmBandwidth(), 6),
                CFormat.fitted(of.busBandwidth(), 6));
        // One column less than a number has: that is how nccl-tests writes it.
        boolean checked = of.wrong() != PassResult.UNCHECKED;
        return times + (checked ? format("  %6s", CFormat.general(of.wrong())) : "    N/A");
    }

    private static String latencies(String kind, LatencySummary of) {
        return format(
                "#   %-12s latency (us): p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f  (%d samples)%n",
                kind, of.p50(), of.p90(), of.p99(), of.p999(), of.max(), of.samples());
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
