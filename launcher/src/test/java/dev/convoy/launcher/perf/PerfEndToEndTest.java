/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real ranks on the host runtime. */
@Timeout(120)
class PerfEndToEndTest {
    private static final String HOST = " --runtime host -n 3 -w 1";

    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource({
        "all_reduce, 2, float",
        "all_gather, 3, double",
        "reduce_scatter, 3, int32",
        "broadcast, 3, bfloat16",
        "reduce, 3, half",
        "alltoall, 3, uint8",
        "all_to_all, 2, float32",
        "gather, 3, int64",
        "scatter, 3, uint64",
        "sendrecv, 3, f8e5m2",
    })
    void everyOperationIsRight(String op, int ranks, String type) {
        PerfOutput ran = PerfOutput.of(op + " --ranks " + ranks + " -d " + type + " -b 64 -e 300K -f 64" + HOST);
        assertThat(ran.errors()).isEmpty();
        assertThat(ran.status()).isZero();
        assertThat(ran.rows()).hasSize(3).allSatisfy(row -> {
            assertThat(row).hasSize(13);
            assertThat(row[8]).isEqualTo("0");
            assertThat(row[12])
                    .isEqualTo(op.equals("sendrecv") || op.startsWith("all_to") || op.equals("alltoall") ? "N/A" : "0");
        });
        assertThat(ran.output()).contains("# Out of bounds values : 0 OK\n", "# Avg bus bandwidth    : ");
    }

    @Tag("slow")
    @Test
    void allTypesAndOperatorsAreRight() {
        PerfOutput ran = PerfOutput.of("all_reduce --ranks 3 -d all -o all -b 100K -e 100K" + HOST);
        assertThat(ran.errors()).isEmpty();
        assertThat(ran.rows()).hasSize(12 * 5);
        assertThat(ran.rows().stream().map(row -> row[2]).distinct()).hasSize(12);
        assertThat(ran.rows().stream().map(row -> row[3]).distinct())
                .containsExactly("sum", "prod", "max", "min", "avg");
        assertThat(ran.status()).isZero();
    }

    @Test
    void everyRankIsTheRoot() {
        PerfOutput ran = PerfOutput.of("reduce --ranks 3 -r all -b 64 -e 64" + HOST);
        assertThat(ran.rows().stream().map(row -> row[4])).containsExactly("0", "1", "2");
        assertThat(ran.status()).isZero();
    }

    @Test
    void ranksAreThreads() {
        PerfOutput ran = PerfOutput.of("all_reduce --ranks 4 -t 2 -z 1 -c 2 -b 8 -e 64K -f 8192" + HOST);
        assertThat(ran.errors()).isEmpty();
        assertThat(ran.status()).isZero();
        assertThat(PerfOutput.pids(ran.output()))
                .hasSize(4)
                .satisfies(pids -> assertThat(pids.stream().distinct()).hasSize(2));
        assertThat(ran.rows()).hasSize(2);
    }

    @Test
    void oneRankAlone() {
        PerfOutput ran = PerfOutput.of("sendrecv --ranks 1 -b 8 -e 8" + HOST);
        assertThat(ran.errors()).isEmpty();
        assertThat(ran.rows()).hasSize(1);
    }

    @Test
    void sizesOfNothing() {
        PerfOutput ran = PerfOutput.of("all_gather --ranks 2 -b 8 -e 8" + HOST);
        assertThat(ran.errors()).isEmpty();
        assertThat(ran.rows()).hasSize(1).allSatisfy(row -> assertThat(row[0]).isEqualTo("0"));
    }

    @Test
    void withoutACheckNothingIsSaidAboutErrors() {
        PerfOutput ran = PerfOutput.of("all_reduce --ranks 2 -c 0 -b 8 -e 8" + HOST);
        assertThat(ran.rows()).hasSize(1).allSatisfy(row -> assertThat(row[8]).isEqualTo("N/A"));
        assertThat(ran.status()).isZero();
    }

    @Test
    void jsonAndPictureAndHistogramAreWritten() throws IOException {
        Path json = temp.resolve("perf.json");
        Path plot = temp.resolve("perf.svg");
        PerfOutput ran = PerfOutput.of("alltoall --ranks 2 -b 64 -e 128 -f 2 --histogram --json " + json + " --plot "
                + plot + " --runtime host");
        assertThat(ran.errors()).isEmpty();
        assertThat(ran.output()).contains("out-of-place latency (us): p50 ");
        JsonNode root = new ObjectMapper().readTree(json.toFile());
        assertThat(root.get("runtime").textValue()).isEqualTo("host");
        assertThat(root.get("library").textValue()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(root.get("ranks").intValue()).isEqualTo(2);
        assertThat(root.get("rows")).hasSize(2);
        JsonNode row = root.get("rows").get(1);
        assertThat(row.get("op").textValue()).isEqualTo("alltoall");
        assertThat(row.get("bytes").longValue()).isEqualTo(128);
        assertThat(row.get("count").longValue()).isEqualTo(16);
        assertThat(row.get("type").textValue()).isEqualTo("float");
        assertThat(row.get("redop").textValue()).isEqualTo("none");
        assertThat(row.get("root").intValue()).isEqualTo(-1);
        assertThat(row.get("inPlace").isNull()).isTrue();
        JsonNode measured = row.get("outOfPlace");
        assertThat(measured.get("timeUs").doubleValue()).isPositive();
        assertThat(measured.get("p99Us").doubleValue())
                .isGreaterThanOrEqualTo(measured.get("p50Us").doubleValue());
        assertThat(measured.get("algbwGBs").doubleValue()).isPositive();
        assertThat(measured.get("busbwGBs").doubleValue())
                .isEqualTo(measured.get("algbwGBs").doubleValue() / 2);
        assertThat(measured.get("wrong").longValue()).isZero();
        assertThat(Files.readString(plot)).startsWith("<svg").endsWith("</svg>\n");
    }
}
