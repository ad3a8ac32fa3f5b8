/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.launcher.Main;
import dev.convoy.store.etcd.EtcdServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A job of three agents on the loopback address that agree in an etcd of their own. */
final class StoreJob implements AutoCloseable {
    static final int NODES = 3;
    static final String SECRET = "a secret of these tests only";

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Path folder;
    private final EtcdServer etcd;
    private final MarkedProcesses processes = new MarkedProcesses();
    private final List<Process> agents = new ArrayList<>();
    private final int port = freePort();

    StoreJob(Path folder, EtcdServer etcd) {
        this.folder = folder;
        this.etcd = etcd;
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts all agents and waits until the ranks train. */
    StoreJob start(int ranks, long steps, long stepMillis, String... options) throws IOException {
        for (int node = 0; node < NODES; node++) {
            agents.add(agent(node, ranks, steps, stepMillis, options));
        }
        await().atMost(SOON).until(() -> allOutput().contains("training begins"));
        return this;
    }

    private Process agent(int node, int ranks, long steps, long stepMillis, String... options) throws IOException {
        List<String> command = Programs.java(Main.class, "run", "-n", Integer.toString(ranks));
        // The client of etcd uses what the JDK warns of.
        command.add(1, "--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of("--nodes", Integer.toString(NODES), "--node-rank", Integer.toString(node)));
        command.addAll(
                List.of("--rendezvous", rendezvous(), "--store", etcd.address().toString()));
        command.addAll(List.of("--runtime", "host", "--report", report(node).toString()));
        command.addAll(List.of("--state-dir", folder.resolve("durable").toString(), "--durable-every", "1"));
        command.addAll(List.of(options));
        command.add("--");
        command.addAll(Programs.java(CountingProgram.class, Long.toString(steps), Long.toString(stepMillis)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(node).toFile());
        builder.environment().put("CONVOY_CLUSTER_TOKEN", SECRET);
        builder.environment().put(MarkedProcesses.VARIABLE, processes.value());
        return builder.start();
    }

    String rendezvous() {
        return "127.0.0.1:" + port;
    }

    Process agent(int node) {
        return agents.get(node);
    }

    /** Process id of a rank that runs on a node now. */
    long rankOn(int node) {
        return agents.get(node)
                .descendants()
                .map(ProcessHandle::pid)
                .findFirst()
                .orElseThrow();
    }

    void awaitDurable() {
        await("a durable version").atMost(SOON).until(() -> {
            try (Stream<Path> files = Files.walk(folder.resolve("durable"))) {
                return files.anyMatch(file -> file.endsWith("MANIFEST"));
            } catch (IOException | UncheckedIOException e) {
                return false; // being written
            }
        });
    }

    void awaitSaid(String text) {
        await(text).atMost(SOON).until(() -> allOutput().contains(text));
    }

    /** The other node that leads by now. */
    int awaitSuccessor() {
        await("a successor").atMost(SOON).until(() -> successor() >= 0);
        return successor();
    }

    private int successor() {
        for (int node = 0; node < NODES; node++) {
            if (output(node).contains("node " + node + " leads the job now")) {
                return node;
            }
        }
        return -1;
    }

    int exitStatus(int node) throws InterruptedException {
        assertThat(agents.get(node).waitFor(90, TimeUnit.SECONDS))
                .as("the agent of node %d has ended: %s", node, this)
                .isTrue();
        return agents.get(node).exitValue();
    }

    JsonNode readReport(int node) {
        try {
            return new ObjectMapper().readTree(report(node).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path report(int node) {
        return folder.resolve("report-" + node + ".json");
    }

    void assertNothingLeft() {
        await().atMost(Duration.ofSeconds(10)).until(() -> processes.alive().isEmpty());
    }

    String output(int node) {
        try {
            return Files.exists(log(node)) ? Files.readString(log(node)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String allOutput() {
        StringBuilder all = new StringBuilder();
        for (int node = 0; node < NODES; node++) {
            all.append("--- node ").append(node).append('\n').append(output(node));
        }
        return all.toString();
    }

    private Path log(int node) {
        return folder.resolve("agent-" + node + ".log");
    }

    @Override
    public void close() {
        agents.forEach(Process::destroyForcibly);
    }

    /** What all agents and ranks have said. */
    @Override
    public String toString() {
        return allOutput();
    }
}
