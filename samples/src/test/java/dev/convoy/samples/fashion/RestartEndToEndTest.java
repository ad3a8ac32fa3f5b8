/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent is killed, and with it the whole job; the same command goes on from what is on disk. */
@Timeout(180)
@Tag("slow")
class RestartEndToEndTest {
    private static final List<String> COMMAND =
            List.of("demo", "--steps", "60", "--seed", "7", "--deadline", "20", "--durable-every", "0.05");

    @TempDir
    Path home;

    @Test
    void aLostJobGoesOnFromItsStateOnDisk() throws Exception {
        run(home.resolve("none"), "none");
        JsonNode undisturbed = report();
        Path state = home.resolve("state");
        killTheAgentInTheMidst(state);
        Path damaged = copy(state, home.resolve("damaged"));
        Path useless = copy(state, home.resolve("useless"));

        CommandLineRun run = run(state, "none");
        assertThat(run.exitStatus()).as(run.toString()).isZero();
        assertThat(run.out())
                .containsPattern("goes on from step [1-9][0-9]* of epoch 1, which an earlier job left in " + state
                        + "/job-[0-9-]+/e1-s[0-9]+");
        assertThat(report().at("/continuedFrom/step").asLong()).isPositive();
        assertThat(report().at("/final/parametersSha256")).isEqualTo(undisturbed.at("/final/parametersSha256"));
        assertThat(report().at("/final/lossHistory")).isEqualTo(undisturbed.at("/final/lossHistory"));
        assertSameSamples(report(), undisturbed);
        assertThat(state).as("a job that succeeds leaves nothing").isEmptyDirectory();

        fallsBackToTheOlderVersion(damaged, undisturbed);
        refusesWhatIsDamagedAltogether(useless);
    }

    /** With one rank less, too: the shards are cut anew. */
    private void fallsBackToTheOlderVersion(Path state, JsonNode undisturbed) throws IOException {
        Path newest = versions(state).getLast();
        flipBit(newest);
        CommandLineRun run = run(state, "none", "--ranks", "3");
        assertThat(run.exitStatus()).as(run.toString()).isZero();
        assertThat(run.out())
                .contains("warning: the durable version in " + newest + " is damaged and not used")
                .contains("does not have its SHA-256", "goes on from step");
        assertThat(report().at("/final/worldSize").asInt()).isEqualTo(3);
        assertSameSamples(report(), undisturbed);
    }

    private void refusesWhatIsDamagedAltogether(Path state) throws IOException {
        for (Path version : versions(state)) {
            flipBit(version);
        }
        List<String> before = listing(state);
        CommandLineRun run = run(state, "none");
        assertThat(run.exitStatus()).as(run.toString()).isEqualTo(1);
        assertThat(run.err().lines()).as(run.err()).hasSize(1);
        assertThat(run.err()).contains("no durable version in " + state + " can be used");
        assertThat(listing(state)).isEqualTo(before);
    }

    /** A rank sleeps in step 40, so that the job cannot be over before the agent is killed. */
    private void killTheAgentInTheMidst(Path state) throws Exception {
        Path output = home.resolve("killed.txt");
        Process agent = new ProcessBuilder(command(state, "slow:1@40:15000"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .failFast(() -> !agent.isAlive())
                    .until(() -> versions(state).size() > 1);
        } finally {
            agent.destroyForcibly().waitFor();
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> ProcessHandle.allProcesses().noneMatch(process -> isOfJob(process, state)));
    }

    private static boolean isOfJob(ProcessHandle process, Path state) {
        try {
            String environment = Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
            return environment.contains("CONVOY_STATE_DIR=" + state);
        } catch (IOException e) {
            // Gone meanwhile, or another user's.
            return false;
        }
    }

    private CommandLineRun run(Path state, String fault, String... more) {
        List<String> arguments = arguments(state, fault);
        arguments.addAll(List.of(more));
        return CommandLineRun.convoy(home, arguments.toArray(String[]::new));
    }

    private List<String> command(Path state, String fault) {
        return CommandLineRun.command(arguments(state, fault).toArray(String[]::new));
    }

    private List<String> arguments(Path state, String fault) {
        List<String> arguments = new ArrayList<>(COMMAND);
        arguments.addAll(List.of("--state-dir", state.toString(), "--fault", fault));
        arguments.addAll(List.of("--report", home.resolve("report.json").toString()));
        return arguments;
    }

    private JsonNode report() throws IOException {
        return new ObjectMapper().readTree(home.resolve("report.json").toFile());
    }

    private static void assertSameSamples(JsonNode report, JsonNode undisturbed) {
        assertThat(report.at("/samples")).isEqualTo(undisturbed.at("/samples"));
        assertThat(report.at("/samples/skipped").asLong()).isZero();
        assertThat(report.at("/samples/duplicated").asLong()).isZero();
    }

    /** Folders of whole versions, oldest first. */
    private static List<Path> versions(Path state) throws IOException {
        if (!Files.isDirectory(state)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(state)) {
            return files.filter(file -> file.endsWith("MANIFEST"))
                    .map(Path::getParent)
                    .sorted(Comparator.comparingInt(RestartEndToEndTest::step))
                    .toList();
        } catch (UncheckedIOException e) {
            // An older version is being deleted.
            return List.of();
        }
    }

    private static int step(Path version) {
        return Integer.parseInt(version.getFileName().toString().replaceFirst("e[0-9]+-s", ""));
    }

    private static void flipBit(Path version) throws IOException {
        Path part = version.resolve("part-1.safetensors");
        byte[] content = Files.readAllBytes(part);
        content[content.length / 2] ^= 1;
        Files.write(part, content);
    }

    private static List<String> listing(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
        return to;
    }
}
