/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.fault.protocol.Decision.Announce;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.launcher.Job;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.RankOutput;
import dev.convoy.launcher.Watching;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real job that is watched: its records, their meaning, its metrics, its page. */
@Timeout(120)
class WatchedJobTest {
    @TempDir
    Path temp;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static List<String> java(Class<?> program, String... arguments) {
        return WatchedProgram.command(program, arguments);
    }

    private JobRequest request(int port, String faults, String... arguments) {
        return JobRequest.builder(java(WatchedProgram.class, arguments))
                .ranks(3)
                .deadline(Duration.ofSeconds(4))
                .stateDir(temp.resolve("state"))
                .runtime("host")
                .faults(FaultSpec.parseList(faults))
                .output(RankOutput.ERRORS)
                .reportFile(temp.resolve("report.json"))
                .watching(new Watching(
                        OptionalInt.of(port),
                        InetAddress.getLoopbackAddress(),
                        Optional.of(temp.resolve("page.html")),
                        Optional.of(temp.resolve("flights"))))
                .build();
    }

    private static String read(int port, String path) {
        try (var in = URI.create("http://127.0.0.1:" + port + path).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aKilledRankIsExplainedShownAndWrittenDown() throws IOException {
        int port = freePort();
        Queue<String> metrics = new ConcurrentLinkedQueue<>();
        Queue<String> sentences = new ConcurrentLinkedQueue<>();
        JobResult result = Job.run(request(port, "kill:1@20", "60"), new JobListener() {
            @Override
            public void announced(Announce.Kind kind, String text) {
                if (kind == Announce.Kind.RECOVERED) {
                    metrics.add(read(port, "/metrics"));
                }
            }

            @Override
            public void diagnosed(long epoch, String sentence) {
                sentences.add(epoch + ": " + sentence);
            }
        });
        assertThat(result.success()).as(result.message()).isTrue();
        String sentence = result.diagnoses().get(2L);
        assertThat(sentences).containsExactly("2: " + sentence);
        assertThat(sentence).startsWith("rank 1 died (was killed by SIGKILL) in step 20");
        assertThat(metrics.peek()).contains("convoy_world_size 2.0", "convoy_incidents_total{cause=\"exit\"} 1.0");

        ObjectMapper json = new ObjectMapper();
        JsonNode report = json.readTree(temp.resolve("report.json").toFile());
        assertThat(report.get("incidents").get(0).get("diagnosis").textValue()).isEqualTo(sentence);
        JsonNode flight = json.readTree(temp.resolve("flights/flight-2.json").toFile());
        assertThat(flight.get("diagnosis").textValue()).isEqualTo(sentence);
        assertThat(flight.get("ranks").findValuesAsText("lost")).containsExactly("false", "true", "false");
        JsonNode operations = flight.get("ranks").get(0).get("operations");
        assertThat(operations.size()).isGreaterThan(20);
        assertThat(operations.findValuesAsText("operation")).contains("all_reduce");
        for (JsonNode operation : operations) {
            if (operation.get("state").textValue().equals("completed")) {
                assertThat(operation.get("completedAtNs").longValue())
                        .isGreaterThanOrEqualTo(operation.get("startedAtNs").longValue())
                        .isGreaterThanOrEqualTo(operation.get("enqueuedAtNs").longValue());
            }
        }
        assertThat(temp.resolve("page.html")).content().contains(sentence, "\"snapshots\":{\"epoch\":2");
        assertThat(temp.resolve("state")).doesNotExist();
    }

    /** unmatched_collective, among real processes. */
    @Test
    void ranksThatMakeDifferentCallsAreTold() throws IOException {
        JobResult result = Job.run(request(freePort(), "", "60", "mismatch"), JobListener.NONE);
        // Whichever ranks see it first fail. If it is the odd one alone, the others go on without it; if it is another,
        // its record may be missing, and then nobody is in the majority.
        assertThat(result.incidents()).isNotEmpty();
        assertThat(result.diagnoses().values())
                .anySatisfy(sentence -> assertThat(sentence.toLowerCase(Locale.ROOT))
                        .contains("rank 1", "broadcast", " in step 12", "all_reduce #"));
        String report = Files.readString(temp.resolve("report.json"));
        assertThat(result.diagnoses().values())
                .allSatisfy(sentence -> assertThat(report).contains(sentence));
    }
}
