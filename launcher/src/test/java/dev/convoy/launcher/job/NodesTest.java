/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.bindings.Posix;
import dev.convoy.launcher.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of two agents on the loopback address, one of which is killed, stopped, or does not belong there. */
@Timeout(120)
class NodesTest {
    private static final String SECRET = "a secret of these tests only";
    private static final int RANKS = 4;
    private static final int SIGINT = 2;
    private static final int SIGCONT = 18;

    @TempDir
    Path temp;

    private final MarkedProcesses processes = new MarkedProcesses();
    private AgentProcesses agents;
    private int port;

    @BeforeEach
    void findPort() throws IOException {
        agents = new AgentProcesses(temp);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void endAgents() {
        agents.close();
    }

    @Test
    void theRanksOfANodeWhoseAgentIsKilledAreReplacedOnTheOther() throws Exception {
        Process other = agent(1, 60, 10, "--recover", "replace", "--parity", "1+1");
        Process leader = agent(0, 60, 10, "--recover", "replace", "--parity", "1+1");
        awaitTraining();
        await().atMost(Duration.ofSeconds(60)).until(() -> usesDevice(1, 2, 0) && usesDevice(1, 3, 1));
        other.destroyForcibly();
        assertThat(AgentProcesses.exitStatus(leader)).as(output(0)).isZero();
        assertThat(output(0)).contains("4 ranks from step");
        // Beside ranks 0 and 1, in whichever order.
        assertThat((usesDevice(0, 2, 2) && usesDevice(0, 3, 3)) || (usesDevice(0, 2, 3) && usesDevice(0, 3, 2)))
                .as(output(0))
                .isTrue();
        assertNothingLeft();
    }

    // Each shard lies on both nodes, or the ranks that are left would have to give up.
    @Tag("slow")
    @Test
    void theShardsOfALostNodeLieOnTheOther() throws Exception {
        Path report = temp.resolve("report.json");
        Process other = agent(1, 200, 10, "--replicas", "1");
        Process leader = agent(0, 200, 10, "--replicas", "1", "--report", report.toString());
        awaitTraining();
        other.destroyForcibly();
        assertThat(AgentProcesses.exitStatus(leader)).as(output(0)).isZero();
        JsonNode written = new ObjectMapper().readTree(report.toFile());
        assertThat(written.get("final").get("parametersSha256").textValue()).isEqualTo(CountingProgram.reference(200));
        assertThat(written.get("final").get("worldSize").intValue()).isEqualTo(2);
        assertThat(written.get("incidents")).hasSize(1);
        JsonNode incident = written.get("incidents").get(0);
        assertThat(incident.get("ranks")).extracting(JsonNode::intValue).containsExactly(2, 3);
        assertThat(incident.get("lostSteps").intValue()).isLessThanOrEqualTo(1);
        assertThat(written.get("snapshotMemory"))
                .isNotEmpty()
                .allSatisfy(memory -> assertThat(memory.get("usedBytes").longValue())
                        .isPositive()
                        .isLessThanOrEqualTo(memory.get("announcedBytes").longValue()));
        assertNothingLeft();
    }

    @Tag("slow")
    @Test
    void theRanksOfANodeWhoseAgentIsStoppedAreLeftOut() throws Exception {
        Process other = agent(1, 600, 10);
        Process leader = agent(0, 600, 10);
        awaitTraining();
        Posix.kill((int) other.pid(), Posix.SIGSTOP);
        assertThat(AgentProcesses.exitStatus(leader)).as(output(0)).isZero();
        assertThat(output(0))
                .contains("with node 1, which did not renew its lease")
                .contains("2 ranks from step");
        Posix.kill((int) other.pid(), SIGCONT);
        assertThat(AgentProcesses.exitStatus(other)).as(output(1)).isEqualTo(1);
        assertNothingLeft();
    }

    @Test
    void theOthersEndWhenTheLeadingAgentIsKilled() throws Exception {
        Process other = agent(1, 100_000, 5);
        Process leader = agent(0, 100_000, 5);
        awaitTraining();
        await().atMost(Duration.ofSeconds(60)).until(this::isDurable);
        leader.destroyForcibly();
        assertThat(AgentProcesses.exitStatus(other)).as(output(1)).isEqualTo(1);
        assertThat(output(1))
                .contains("convoy: the leading agent")
                .contains("this node's ranks were ended; the newest durable version is in " + temp.resolve("durable"));
        assertNothingLeft();
    }

    @Test
    void allNodesEndWithTheJobAndAStrangerIsNotLetIn() throws Exception {
        Process stranger = start(2, "a secret of other people", 1, 30, 1);
        Process leader = agent(0, 30, 1);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> output(2).isEmpty() && processes.alive().size() > 3);
        Process other = agent(1, 30, 1);
        assertThat(AgentProcesses.exitStatus(leader)).as(output(0)).isZero();
        assertThat(AgentProcesses.exitStatus(other)).as(output(1)).isZero();
        stranger.destroyForcibly().waitFor();
        assertThat(output(2)).isEmpty();
        assertNothingLeft();
    }

    @Test
    void overTlsOnlyWhoHasTheSecretIsTalkedTo() throws Exception {
        Process leader = agent(0, 30, 1, "--tls");
        Process stranger = start(2, "a secret of other people", 1, 30, 1, "--tls");
        Process open = start(3, SECRET, 1, 30, 1);
        assertThat(AgentProcesses.exitStatus(stranger)).as(output(2)).isEqualTo(1);
        assertThat(output(2))
                .isEqualTo("convoy: node 1 could not join the job at 127.0.0.1:" + port
                        + ": whoever answers there does not have this agent's secret\n");
        Process other = agent(1, 30, 1, "--tls");
        assertThat(AgentProcesses.exitStatus(leader)).as(output(0)).isZero();
        assertThat(AgentProcesses.exitStatus(other)).as(output(1)).isZero();
        open.destroyForcibly().waitFor();
        assertThat(output(3)).isEmpty();
        assertNothingLeft();
    }

    @Test
    void aSecondAgentOfANodeIsRefusedAtOnceAndTheFirstGoesOn() throws Exception {
        Process other = agent(1, 100_000, 5);
        Process leader = agent(0, 100_000, 5);
        awaitTraining();
        Process second = start(2, SECRET, 1, 100_000, 5);
        assertThat(AgentProcesses.exitStatus(second)).as(output(2)).isEqualTo(1);
        assertThat(output(2))
                .isEqualTo("convoy: node 1 could not join the job at 127.0.0.1:" + port
                        + ": node 1 is taken: another agent was started with this --node-rank\n");
        assertThat(other.isAlive()).isTrue();
        assertThat(leader.isAlive()).isTrue();
        assertThat(output(0)).doesNotContain("lost");
    }

    @Test
    void anAgentThatNobodyAnswersEndsWhenItIsInterrupted() throws Exception {
        try (ServerSocket silent = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Process lonely = agent(1, 30, 1);
            try (Socket _ = silent.accept()) {
                Posix.kill((int) lonely.pid(), SIGINT);
                assertThat(AgentProcesses.exitStatus(lonely)).isEqualTo(130);
                assertThat(output(1)).doesNotContain("did not end within");
            }
        }
    }

    private void awaitTraining() {
        await().atMost(Duration.ofSeconds(60)).until(() -> output(0).contains("training begins"));
    }

    private boolean usesDevice(int node, int rank, int device) {
        return output(node).contains("process of rank " + rank + " uses device " + device);
    }

    private boolean isDurable() {
        Path state = temp.resolve("durable");
        try (Stream<Path> files = Files.exists(state) ? Files.walk(state) : Stream.empty()) {
            return files.anyMatch(file -> file.endsWith("MANIFEST"));
        } catch (IOException | UncheckedIOException e) {
            return false; // being written
        }
    }

    private void assertNothingLeft() {
        await().atMost(Duration.ofSeconds(10)).until(() -> processes.alive().isEmpty());
    }

    private Process agent(int node, long steps, long stepMillis, String... options) throws IOException {
        return start(node, SECRET, node, steps, stepMillis, options);
    }

    private Process start(int log, String token, int node, long steps, long stepMillis, String... options)
            throws IOException {
        List<String> command = Programs.java(Main.class, "run", "-n", Integer.toString(RANKS));
        command.addAll(List.of("--nodes", "2", "--node-rank", Integer.toString(node)));
        command.addAll(List.of("--rendezvous", "127.0.0.1:" + port, "--runtime", "host"));
        command.addAll(List.of("--state-dir", temp.resolve("durable").toString()));
        command.addAll(List.of(options));
        command.add("--");
        command.addAll(Programs.java(CountingProgram.class, Long.toString(steps), Long.toString(stepMillis)));
        return agents.start(
                log,
                command,
                Map.of(
                        "CONVOY_CLUSTER_TOKEN",
                        token,
                        "CONVOY_HOST_DEVICES",
                        Integer.toString(RANKS),
                        MarkedProcesses.VARIABLE,
                        processes.value()));
    }

    private String output(int number) {
        return agents.output(number);
    }
}
