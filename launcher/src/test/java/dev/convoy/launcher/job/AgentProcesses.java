/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Agents of a test, each with a number and its output in a file; none outlives it. */
final class AgentProcesses implements AutoCloseable {
    private final Path folder;
    private final List<Process> started = new ArrayList<>();

    AgentProcesses(Path folder) {
        this.folder = folder;
    }

    Process start(int number, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(number).toFile());
        builder.environment().putAll(environment);
        Process agent = builder.start();
        started.add(agent);
        return agent;
    }

    /** What it has written so far. */
    String output(int number) {
        try {
            return Files.exists(log(number)) ? Files.readString(log(number)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int exitStatus(Process agent) throws InterruptedException {
        assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return agent.exitValue();
    }

    private Path log(int number) {
        return folder.resolve("agent-" + number + ".log");
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
    }
}
