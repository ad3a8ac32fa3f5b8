/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.DataType;
import dev.convoy.ReduceOp;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines were made by nccl-tests' own printf patterns in C. */
class TableTest {
    private static final Case SUM = new Case(0, Collective.ALL_REDUCE, DataType.FLOAT32, ReduceOp.SUM, -1, 33554432);
    private static final Case COPY = new Case(1, Collective.SCATTER, DataType.BFLOAT16, ReduceOp.SUM, 2, 16384);
    private static final Case EXCHANGE = new Case(2, Collective.ALLTOALL, DataType.INT8, ReduceOp.SUM, -1, 64);

    @Test
    void headIsNcclTests() {
        String names = "     time   algbw   busbw  #wrong";
        String units = "     (us)  (GB/s)  (GB/s)        ";
        assertThat(Table.head().lines())
                .containsExactly(
                        "#",
                        "#                                                     "
                                + "         out-of-place                       in-place          ",
                        "#       size         count      type   redop    root" + names + names + " ",
                        "#        (B)    (elements)                          " + units + units + " ");
    }

    @Test
    void rowIsNcclTests() {
        Row row = new Row(SUM, measured(1234.567, 27.179, 40.768, 0, 0), measured(12345678.9, 123456.7, 0.004, 3, 1));
        assertThat(Table.row(row, 4))
                .isEqualTo("    33554432       8388608     float     sum      -1"
                        + "  1234.57   27.18   40.77       0  1.2e+07  123457    0.00       3\n");
    }

    @Test
    void uncheckedIsNotAvailable() {
        Row row = new Row(
                COPY, measured(0.123, 133.0731, 99.8048, 1048577, 1), measured(999999.996, 1234567, 1e6, -1, 0));
        assertThat(Table.row(row, 6))
                .isEqualTo("       16320          1360  bfloat16    none       2"
                        + "     0.12  133.07   99.80  1.04858e+06  1000000   1e+06   1e+06    N/A\n");
    }

    @Test
    void whatHasNoInPlaceFormIsNotAvailable() {
        Row row = new Row(EXCHANGE, measured(1, 2, 3, 0, 0), null);
        assertThat(Table.row(row, 2))
                .isEqualTo("          64            32      int8    none      -1"
                        + "     1.00    2.00    3.00       0      N/A     N/A     N/A    N/A\n");
    }

    @Test
    void footerCountsRanksWithWrongElementsAndAveragesAllPasses() {
        List<Row> rows = List.of(
                new Row(SUM, measured(1, 1, 10, 5, 1), measured(1, 1, 20, 7, 1)),
                new Row(EXCHANGE, measured(1, 1, 75.5787, 0, 0), null));
        assertThat(Table.footer(plan(), rows)).isEqualTo("""
                        # Out of bounds values : 2 FAILED
                        # Avg bus bandwidth    : 35.1929\s
                        #
                        # Collective test concluded: all_reduce_perf
                        """);
        assertThat(Table.footer(plan(), List.of())).contains("# Out of bounds values : 0 OK\n");
    }

    @Test
    void introNamesRanksAndOptions() {
        RankLine.Ready ready = new RankLine.Ready(0, 4711, 0, "host", "2.29.3");
        assertThat(Table.intro(plan(), "1.2.3", List.of(ready), "box"))
                .contains("# convoy version 1.2.3 nccl-library=2.29.3\n")
                .contains("# nThread 1 nGpus 1 minBytes 8 maxBytes 64 step: 2(factor) warmup iters: 5 iters: 20")
                .contains("#  Rank  0 Group  0 Pid   4711 on        box device  0 [host]\n");
    }

    private static Plan plan() {
        return Plans.allReduce(2, new Sizes(8, 64, 2, 1));
    }

    private static Measurement measured(double micros, double algorithm, double bus, long wrong, int wrongRanks) {
        return new Measurement(micros, algorithm, bus, wrong, wrongRanks, 20, new Latencies().summary());
    }
}
