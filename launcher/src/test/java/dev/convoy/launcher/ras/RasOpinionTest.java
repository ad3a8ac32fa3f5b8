/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.detect.SecondOpinion.Opinion;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RasOpinionTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static Opinion of(String json) throws IOException {
        try (FakeRasServer server = FakeRasServer.of(json)) {
            return new RasOpinion(new RasClient(server.address(), LONG)).ask().orElseThrow();
        }
    }

    @Test
    void suspectsWhoDoesNotAnswer() throws IOException {
        Opinion opinion = of(RasClientTest.JSON);
        assertThat(opinion.suspects()).containsExactly(102L);
        assertThat(opinion.text())
                .contains("rank 2 of communicator 0xabc does not answer")
                .contains("rank 1 of communicator 0xabc has an asynchronous error");
    }

    @Test
    void processesOfOtherMachinesAreNotMistakenForOurs() throws IOException {
        Opinion opinion = of(RasClientTest.JSON.replace("127.0.0.1", "192.0.2.77"));
        assertThat(opinion.suspects()).isEmpty();
        assertThat(opinion.text()).contains("rank 2");
        assertThat(of(RasClientTest.JSON.replace("127.0.0.1", "unknown")).suspects())
                .isEmpty();
    }

    private static String rank(int rank, int operations) {
        return "{\"rank\": " + rank + ", \"host\": \"127.0.0.1\", \"pid\": " + (100 + rank)
                + ", \"collective_counts\": {\"AllReduce\": " + operations + ", \"Send\": 1}}";
    }

    private static String counts(int... operations) {
        StringBuilder ranks = new StringBuilder();
        for (int i = 0; i < operations.length; i++) {
            ranks.append(i == 0 ? "" : ",").append(rank(i, operations[i]));
        }
        return "{\"communicators\": [{\"hash\": \"0x1\", \"ranks\": [" + ranks + "]}]}";
    }

    @Test
    void suspectsWhoWasGivenLess() throws IOException {
        assertThat(of(counts(9, 8, 9, 9)).suspects()).containsExactly(101L);
        assertThat(of(counts(9, 8, 8, 9)).suspects()).isEmpty();
        assertThat(of(counts(9, 9, 9, 9)).text()).contains("sees nothing wrong");
        assertThat(of(counts(9)).suspects()).isEmpty();
    }

    @Test
    void withoutAServiceThereIsNoOpinion() throws IOException {
        RasAddress address;
        try (FakeRasServer server = FakeRasServer.of("")) {
            address = server.address();
        }
        assertThat(new RasOpinion(new RasClient(address, LONG)).ask()).isEmpty();
        assertThat(RasOpinion.of(Map.of("NCCL_RAS_ENABLE", "0"))).isEmpty();
        assertThat(RasOpinion.of(Map.of("NCCL_RAS_ADDR", "rubbish"))).isEmpty();
        assertThat(RasOpinion.of(Map.of())).isPresent();
    }
}
