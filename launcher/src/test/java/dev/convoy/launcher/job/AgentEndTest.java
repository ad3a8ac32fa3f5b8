/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.convoy.launcher.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However the agent ends, running and stopped ranks end with it. */
@Timeout(120)
class AgentEndTest {
    private static final int RANKS = 3;

    @TempDir
    Path temp;

    private final MarkedProcesses processes = new MarkedProcesses();
    private Process agent;

    @AfterEach
    void endAgent() throws InterruptedException {
        agent.destroyForcibly().waitFor();
    }

    @Test
    void killedAgentTakesRunningRanksWithIt() throws IOException, InterruptedException {
        start("1000000000");
        agent.destroyForcibly().waitFor();
        awaitNoProcess();
    }

    @Test
    void killedAgentTakesStoppedRanksWithIt() throws IOException, InterruptedException {
        start("1000000000", "1=stop@5", "2=stop@5");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> processes.alive().stream()
                                .filter(pid -> MarkedProcesses.state(pid) == 'T')
                                .count()
                        == 2);
        agent.destroyForcibly().waitFor();
        awaitNoProcess();
    }

    @Test
    void interruptedAgentEndsItsRanksAndWritesItsReport() throws IOException, InterruptedException {
        start("1000000000", "1=stop@5");
        assertThat(signalled("INT")).isEqualTo(130);
        assertThat(processes.alive()).isEmpty();
        assertThat(temp.resolve("report.json")).content().contains("interrupted");
        assertThat(temp.resolve("state")).doesNotExist();
    }

    @Test
    void terminatedAgentEndsItsRanks() throws IOException, InterruptedException {
        start("1000000000");
        assertThat(signalled("TERM")).isEqualTo(143);
        assertThat(processes.alive()).isEmpty();
        assertThat(temp.resolve("state")).doesNotExist();
    }

    private void start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(Programs.java(Main.class, "run", "-n", Integer.toString(RANKS)));
        command.addAll(List.of("--report", temp.resolve("report.json").toString()));
        command.addAll(List.of("--state-dir", temp.resolve("state").toString(), "--"));
        command.addAll(Programs.java(ScriptedRank.class, arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(MarkedProcesses.VARIABLE, processes.value());
        Path output = temp.resolve("output");
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        agent = builder.start();
        await().atMost(Duration.ofSeconds(40))
                .failFast(() -> !agent.isAlive())
                .until(() -> Files.readString(output).split("joined as").length == RANKS + 1);
        // A rank that stops itself has a child for a moment, by which it does.
        assertThat(processes.alive()).hasSizeGreaterThanOrEqualTo(RANKS + 1);
    }

    private int signalled(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(agent.pid()))
                .start()
                .waitFor();
        assertThat(agent.waitFor(20, TimeUnit.SECONDS)).as("the agent ends").isTrue();
        return agent.exitValue();
    }

    private void awaitNoProcess() {
        await().atMost(Duration.ofSeconds(5)).until(() -> processes.alive().isEmpty());
    }
}
