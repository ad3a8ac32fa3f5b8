/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.convoy.launcher.ras.RasStatus.RasMissingRank;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RasClientTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);

    /** Three ranks of four, as NCCL writes them. */
    static final String JSON = """
            {
              "nccl_version": "2.29.3",
              "cuda_runtime_version": 13000,
              "cuda_driver_version": 13010,
              "timestamp": "2026-11-01 10:00:00",
              "communicators_count": 1,
              "communicators": [
                {
                  "hash": "0xabc",
                  "secondary_hash": "0x1:0x2",
                  "size": 4,
                  "ranks_count": 3,
                  "missing_ranks_count": 1,
                  "ranks": [
                    { "rank": 0, "host": "127.0.0.1", "pid": 100, "cuda_dev": 0, "nvml_dev": 0,
                      "status": { "init_state": 0, "async_error": 0, "finalize_called": false,
                                  "destroy_flag": false, "abort_flag": false },
                      "collective_counts": { "Broadcast": 1, "AllReduce": 17, "Recv": 0 } },
                    { "rank": 1, "host": "127.0.0.1", "pid": 101, "cuda_dev": 1, "nvml_dev": 1,
                      "status": { "init_state": 0, "async_error": 6, "finalize_called": false,
                                  "destroy_flag": false, "abort_flag": true },
                      "collective_counts": { "Broadcast": 1, "AllReduce": 17, "Recv": 0 } },
                    { "rank": 3, "host": "127.0.0.1", "pid": 103, "cuda_dev": 3, "nvml_dev": 3,
                      "status": { "init_state": 0, "async_error": 0, "finalize_called": false,
                                  "destroy_flag": false, "abort_flag": false },
                      "collective_counts": { "Broadcast": 1, "AllReduce": 18446744073709551615, "Recv": 0 } }
                  ],
                  "missing_ranks": [
                    { "rank": 2, "host": "127.0.0.1", "pid": 102, "cuda_dev": 2, "nvml_dev": 2,
                      "status": { "unresponsive": true, "considered_dead": false } }
                  ]
                }
              ],
              "ras": { "collection_time_sec": 0.012, "timeouts_count": 1 }
            }
            """;

    @Test
    void readsWhatTheServiceKnows() throws IOException {
        try (FakeRasServer server = FakeRasServer.of(JSON)) {
            RasStatus status = new RasClient(server.address(), LONG).status(false);
            assertThat(server.commands())
                    .containsExactly("CLIENT PROTOCOL 2", "TIMEOUT 10", "SET FORMAT json", "STATUS");
            assertThat(status.ncclVersion()).isEqualTo("2.29.3");
            assertThat(status.cudaDriverVersion()).isEqualTo(13010);
            assertThat(status.timeouts()).isEqualTo(1);
            var communicator = status.communicators().getFirst();
            assertThat(communicator.hash()).isEqualTo("0xabc");
            assertThat(communicator.size()).isEqualTo(4);
            assertThat(communicator.ranks()).hasSize(3);
            var second = communicator.ranks().get(1);
            assertThat(second.pid()).isEqualTo(101);
            assertThat(second.asyncError()).isEqualTo(6);
            assertThat(second.aborted()).isTrue();
            assertThat(second.collectiveCounts())
                    .containsEntry("AllReduce", 17L)
                    .containsEntry("Recv", 0L);
            assertThat(second.operations()).isEqualTo(18);
            assertThat(communicator.missing()).containsExactly(new RasMissingRank(2, "127.0.0.1", 102, 2, true, false));
        }
    }

    @Test
    void asksForMoreWhereItIsWanted() throws IOException {
        try (FakeRasServer server = FakeRasServer.of(JSON)) {
            new RasClient(server.address(), LONG).status(true);
            assertThat(server.commands()).endsWith("VERBOSE STATUS");
            assertThat(new RasClient(server.address(), LONG).protocol()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"communicators\": []}",
                "{\"communicators\": [{}], \"new\": {\"a\": [1, null]}}",
                "{\"communicators\": [{\"ranks\": [{}], \"missing_ranks\": [{\"status\": 7}]}]}"
            })
    void whatIsMissingIsUnknown(String json) throws IOException {
        try (FakeRasServer server = FakeRasServer.of(json)) {
            RasStatus status = new RasClient(server.address(), LONG).status(false);
            assertThat(status.ncclVersion()).isEmpty();
            assertThat(status.timeouts()).isEqualTo(-1);
            status.communicators().forEach(each -> assertThat(each.size()).isEqualTo(-1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "7", "{}", "Job summary\n===========\n", "{\"communicators\": 3}"})
    void anotherShapeIsRefused(String json) throws IOException {
        try (FakeRasServer server = FakeRasServer.of(json)) {
            assertThatExceptionOfType(RasException.class)
                    .isThrownBy(() -> new RasClient(server.address(), LONG).status(false))
                    .withMessageContaining(server.address().toString())
                    .withMessageContaining("cannot be understood");
        }
    }

    @Test
    void everyTruncatedAnswerIsRefused() throws IOException {
        byte[] whole = JSON.strip().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length += 37) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> RasParser.parse(part));
        }
    }

    @Test
    void rubbishNeverBreaksIt() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            byte[] rubbish = new byte[random.nextInt(3000)];
            random.nextBytes(rubbish);
            try (FakeRasServer server = new FakeRasServer((command, out) -> {
                out.write(rubbish);
                return false;
            })) {
                assertThatExceptionOfType(RasException.class)
                        .isThrownBy(() -> new RasClient(server.address(), LONG).status(false))
                        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
            }
        }
    }

    @Test
    void damagedJsonIsReadOrRefused() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] whole = JSON.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            try {
                assertThat(RasParser.parse(damaged)).isNotNull();
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("seed"); // refused: that is all right
            }
        }
    }

    @Test
    void deepNestingIsRefused() {
        byte[] deep = ("{\"communicators\":" + "[".repeat(100_000)).getBytes(StandardCharsets.US_ASCII);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> RasParser.parse(deep));
    }

    @Test
    void aSilentServerIsNotWaitedForLonger() throws IOException {
        try (FakeRasServer server = new FakeRasServer((command, out) -> true)) {
            assertThatExceptionOfType(RasException.class)
                    .isThrownBy(() -> new RasClient(server.address(), SHORT).status(false))
                    .withMessageContaining("did not answer");
        }
    }

    /** Every read ends in time, and yet the answer never would. */
    @Test
    void aServerThatTricklesIsNotWaitedForLonger() throws IOException {
        try (FakeRasServer server = new FakeRasServer((command, out) -> {
            if (!command.equals("STATUS")) {
                return FakeRasServer.answer(command, new byte[0], out);
            }
            for (; ; ) {
                FakeRasServer.say(" ", out);
                Thread.sleep(20);
            }
        })) {
            assertThatExceptionOfType(RasException.class)
                    .isThrownBy(() -> new RasClient(server.address(), SHORT).status(false))
                    .withMessageContaining("did not answer");
        }
    }

    @Test
    void anEndlessLineIsRefused() throws IOException {
        try (FakeRasServer server = new FakeRasServer((command, out) -> {
            FakeRasServer.say("x".repeat(5000), out);
            return true;
        })) {
            assertThatExceptionOfType(RasException.class)
                    .isThrownBy(() -> new RasClient(server.address(), LONG).status(false))
                    .withMessageContaining("has no end");
        }
    }

    @Test
    void anEndlessAnswerIsRefused() throws IOException {
        byte[] much = new byte[1 << 20];
        Arrays.fill(much, (byte) ' ');
        try (FakeRasServer server = new FakeRasServer((command, out) -> {
            if (!command.equals("STATUS")) {
                return FakeRasServer.answer(command, much, out);
            }
            for (; ; ) {
                out.write(much);
            }
        })) {
            assertThatExceptionOfType(RasException.class)
                    .isThrownBy(() -> new RasClient(server.address(), LONG).status(false))
                    .withMessageContaining("is longer than");
        }
    }

    @Test
    void anOldServiceIsToldFromABrokenOne() throws IOException {
        try (FakeRasServer server = new FakeRasServer((command, out) -> {
            if (command.equals("SET FORMAT json")) {
                FakeRasServer.say("ERROR: Unknown command\n", out);
                return true;
            }
            return FakeRasServer.answer(command, new byte[0], out);
        })) {
            assertThatExceptionOfType(RasException.class)
                    .isThrownBy(() -> new RasClient(server.address(), LONG).status(false))
                    .withMessageContaining("refused 'SET FORMAT json'")
                    .withMessageContaining("NCCL 2.28");
        }
    }

    @Test
    void whereNobodyListensNobodyAnswers() throws IOException {
        RasAddress address;
        try (FakeRasServer server = FakeRasServer.of(JSON)) {
            address = server.address();
        }
        assertThatExceptionOfType(RasException.class)
                .isThrownBy(() -> new RasClient(address, LONG).protocol())
                .withMessageContaining("did not answer");
    }

    @Test
    void addressesAreThoseOfNccl() {
        assertThat(RasAddress.of(Map.of())).hasToString("localhost:28028");
        assertThat(RasAddress.of(Map.of("NCCL_RAS_ADDR", "node7:99"))).isEqualTo(new RasAddress("node7", 99));
        assertThat(RasAddress.of(Map.of("NCCL_RAS_ADDR", "[::1]:99"))).hasToString("[::1]:99");
        for (String wrong : new String[] {"node7", ":99", "node7:", "node7:0", "node7:65536", "node7:x"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RasAddress.of(Map.of("NCCL_RAS_ADDR", wrong)))
                    .withMessage("NCCL_RAS_ADDR is '" + wrong + "'; it must be HOST:PORT");
        }
    }
}
