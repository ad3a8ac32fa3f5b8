/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.convoy.fault.control.NodeLink;
import dev.convoy.fault.control.NodeRecord;
import dev.convoy.fault.control.NodeServer;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.launcher.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nobody leads, and the store does not say who will. */
@Tag("slow")
@Timeout(120)
class ReprieveTest {
    private static final String SECRET = "a secret of this test only";
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void ranksDieInTimeWhateverTheirAgentWaitsFor() throws Exception {
        Leader leader = new Leader();
        try (NodeServer server =
                NodeServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SECRET, leader, null)) {
            Process agent = agent(server.port());
            try {
                Path pid = folder.resolve("pid");
                await().atMost(SOON)
                        .until(() -> Files.exists(pid) && !Files.readString(pid).isBlank());
                ProcessHandle rank = ProcessHandle.of(
                                Long.parseLong(Files.readString(pid).strip()))
                        .orElseThrow();
                leader.link.join().cut();
                await().atMost(SOON).until(() -> !rank.isAlive());
                assertThat(agent.isAlive()).as("it still waits for its store").isTrue();
            } finally {
                agent.destroyForcibly();
            }
        }
    }

    private Process agent(int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        "-n",
                        "2",
                        "--nodes",
                        "2",
                        "--node-rank",
                        "1",
                        "--rendezvous",
                        "127.0.0.1:1",
                        "--store",
                        "tardy://127.0.0.1:" + port,
                        "--",
                        "sh",
                        "-c",
                        "echo $$ > pid; exec sleep 600")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("agent.log").toFile());
        builder.environment().put(ClusterToken.VARIABLE, SECRET);
        return builder.start();
    }

    /** Has one rank started, and acknowledges every renewal. */
    private final class Leader implements NodeServer.Host {
        final CompletableFuture<NodeLink> link = new CompletableFuture<>();

        @Override
        public NodeRecord.Refused refusal(NodeRecord.Enlist hello) {
            return null;
        }

        @Override
        public NodeLink.Listener joined(NodeRecord.Enlist hello, NodeLink to) {
            to.send(new NodeRecord.Welcome(1, "a token", folder.toString(), "", ""));
            to.send(new NodeRecord.Start(new MemberId(1, 0), ""));
            link.complete(to);
            return new NodeLink.Listener() {
                @Override
                public void received(NodeRecord record) {
                    if (record instanceof NodeRecord.Renew) {
                        to.send(record);
                    }
                }

                @Override
                public void lost(String reason) {
                    // The test did that.
                }
            };
        }
    }
}
