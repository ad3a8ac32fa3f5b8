/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.launcher.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a command line is one line and status 2, before anything is started. */
class PerfUsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | --ranks N is missing",
                "--ranks 2 | OP is missing",
                "all_reduce | --ranks N is missing",
                "dance --ranks 2 | dance: must be one of all_reduce, all_gather",
                "all_reduce broadcast --ranks 2 | nothing takes the argument broadcast",
                "all_reduce --ranks two | --ranks two: must be a whole number",
                "all_reduce --ranks 0 | 1 to 256 ranks",
                "all_reduce --ranks -1 | 1 to 256 ranks",
                "all_reduce --ranks 1000 | 1 to 256 ranks",
                "all_reduce --ranks 3 -t 2 | must divide the number of ranks, 3",
                "all_reduce --ranks 2 -t 0 | must divide the number of ranks, 2",
                "all_reduce --ranks 2 -b eight | --minbytes eight: must be a size such as 8, 64K",
                "all_reduce --ranks 2 -b -8 | --minbytes",
                "all_reduce --ranks 2 -e 1X | --maxbytes 1X: must be a size",
                "all_reduce --ranks 2 -b 16 -e 8 | --minbytes 16: must not be more than --maxbytes 8",
                "all_reduce --ranks 2 -b 1 -e 8 -f 0 | --stepfactor 0: must be 1 or more",
                "all_reduce --ranks 2 -b 1 -e 8 -i 0 | --stepbytes 0: must be 1 or more",
                "all_reduce --ranks 2 -b 1 -e 8M -i 1 | gives more than 100000 sizes",
                "all_reduce --ranks 2 -n 0 | --iters 0: must be 1 or more",
                "all_reduce --ranks 2 -w -1 | --warmup_iters -1: must be 0 or more",
                "all_reduce --ranks 2 -c -1 | --check -1: must be 0 or more",
                "all_reduce --ranks 2 -z 2 | --blocking 2: must be 0 or 1",
                "all_reduce --ranks 2 -d complex | --datatype complex: must be one of int8,",
                "all_reduce --ranks 2 -o xor | --op xor: must be one of sum, prod, max, min, avg, or all",
                "broadcast --ranks 2 -r 2 | --root 2: must be a rank, 0 to 1, or all",
                "broadcast --ranks 2 -r first | --root first: must be a rank",
                "all_reduce --ranks 2 --runtime gpu | --runtime gpu: must be auto, host or cuda",
                "all_reduce --ranks 2 --deadline 0 | must be 0.001 to 604800",
                "all_reduce --ranks 2 --json /no/such/x.json | --json /no/such/x.json: there is no folder",
                "all_reduce --ranks 2 --json /proc | --json /proc: is a folder",
                "all_reduce --ranks 2 --plot /no/such/x.svg | --plot /no/such/x.svg: there is no folder",
                "all_reduce --ranks 2 --plot x.gif | --plot x.gif: must end in .svg",
                "all_reduce --ranks 2 -b 100T -e 100T --runtime host | are available",
                "all_reduce --ranks 2 -b 9999P | must be a size",
                "all_reduce --ranks 2 -b 9999999999T | more than any machine has",
            })
    void isOneLine(String line, String part) {
        PerfOutput ran = PerfOutput.of(line);
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.errors().lines()).hasSize(1);
        assertThat(ran.errors()).startsWith("convoy: ").contains(part);
        assertThat(ran.output()).isEmpty();
    }

    @Test
    void helpNamesTheOptions() {
        PerfOutput help = PerfOutput.of("--help");
        assertThat(help.status()).isZero();
        assertThat(help.output())
                .contains("sendrecv", "--minbytes", "-f,", "bfloat16", "--threads", "--json", "--plot");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "8, 8",
        "64K, 65536",
        "64k, 65536",
        "1.5M, 1572864",
        "2GiB, 2147483648",
        "1KB, 1024",
        "3b, 3",
        "1T, 1099511627776",
    })
    void sizesHaveSuffixes(String text, long bytes) {
        assertThat(SizeText.parse("-b", text)).isEqualTo(bytes);
    }

    @Test
    void sizesGrowByFactorOrStep() {
        assertThat(new Sizes(8, 100, 2, 1).all()).isEqualTo(List.of(8L, 16L, 32L, 64L));
        assertThat(new Sizes(8, 20, 1, 5).all()).isEqualTo(List.of(8L, 13L, 18L));
        assertThat(new Sizes(0, 20, 2, 5).all()).isEqualTo(List.of(0L));
        assertThat(new Sizes(8, 100, 2, 1).largest()).isEqualTo(64);
        assertThat(new Sizes(1, Long.MAX_VALUE, 1L << 40, 1).all()).hasSize(2);
    }

    @Test
    void memoryThatIsNotThereIsRefused() {
        Sizes sizes = new Sizes(1 << 20, 1 << 20, 2, 1);
        Plan plan = Plans.allReduce(4, sizes);
        MemoryNeed.check(plan, 1L << 30);
        assertThatThrownBy(() -> MemoryNeed.check(plan, 300L << 20))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("4 ranks with 2 buffers each need 408 MiB, and 300 MiB are available");
    }
}
