/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.convoy.launcher.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two agents in networks of their own, and the cable between them is cut: no connection ends, nothing comes any more.
 * The host runtime's ranks must share one network, so that all of them, also those of the second agent, are in the
 * first: what is cut is between the agents only.
 */
@Tag("slow")
@Timeout(120)
class CutNetworkTest {
    private static final int RANKS = 4;
    private static final String PORT = "29500";

    @TempDir
    Path temp;

    private final MarkedProcesses processes = new MarkedProcesses();
    private AgentProcesses agents;
    private TwoNetworks networks;

    @BeforeEach
    void layCable() {
        agents = new AgentProcesses(temp);
        try {
            networks = TwoNetworks.open();
        } catch (IOException e) {
            abort(e.getMessage());
        }
    }

    @AfterEach
    void tidy() throws Exception {
        agents.close();
        if (networks != null) {
            networks.close();
        }
    }

    @Test
    void theCutOffNodeEndsItsRanksAndTheOtherGoesOn() throws Exception {
        List<String> program = Programs.java(CountingProgram.class, "1000", "10");
        Process other = start(1, networks.inSecond(agent(1, networks.backInFirst(program))));
        Process leader = start(0, networks.inFirst(agent(0, program)));
        await().atMost(Duration.ofSeconds(60)).until(() -> output(0).contains("training begins"));
        networks.cut();
        assertThat(AgentProcesses.exitStatus(other)).as(output(1)).isEqualTo(1);
        assertThat(output(1)).contains("this node could not renew its lease for 3000 ms; this node's ranks were ended");
        assertThat(AgentProcesses.exitStatus(leader)).as(output(0)).isZero();
        assertThat(output(0))
                .contains("with node 1, which did not renew its lease")
                .contains("2 ranks from step");
        await().atMost(Duration.ofSeconds(10)).until(() -> processes.alive().isEmpty());
    }

    private static List<String> agent(int node, List<String> program) {
        List<String> command = Programs.java(Main.class, "run", "-n", Integer.toString(RANKS), "--runtime", "host");
        command.addAll(List.of("--nodes", "2", "--node-rank", Integer.toString(node), "--tls"));
        command.addAll(List.of("--rendezvous", TwoNetworks.FIRST_ADDRESS + ":" + PORT, "--"));
        command.addAll(program);
        return command;
    }

    private Process start(int node, List<String> command) throws IOException {
        return agents.start(
                node,
                command,
                Map.of(
                        "CONVOY_CLUSTER_TOKEN",
                        "a secret of these tests only",
                        MarkedProcesses.VARIABLE,
                        processes.value()));
    }

    private String output(int node) {
        return agents.output(node);
    }
}
