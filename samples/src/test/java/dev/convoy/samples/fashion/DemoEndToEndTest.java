/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The demonstration as a person starts it, with real rank processes and real kills. */
class DemoEndToEndTest {

    private static final String STEPS = "60";
    private static final String SEED = "7";

    /** Reports of undisturbed runs, by number of ranks: what others are held against. */
    private static final Map<Integer, JsonNode> UNDISTURBED = new HashMap<>();

    @TempDir
    Path home;

    @Test
    void goesOnWithoutTheLostRank() throws IOException {
        JsonNode undisturbed = undisturbed(4);
        CommandLineRun run = demo("--fault", "kill:2@30");
        JsonNode report = report();
        assertThat(run.exitStatus()).as(run.toString()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("rank 2 lost: exit", "fault", "detected", "aborted", "agreed", "rebuilt", "restored")
                .contains("3 ranks in epoch 2, on from step 30", "0 skipped, 0 duplicated");
        assertThat(report.at("/final/worldSize").asInt()).isEqualTo(3);
        assertThat(report.at("/incidents")).hasSize(1);
        assertThat(report.at("/incidents/0/ranks").toString()).isEqualTo("[2]");
        assertThat(report.at("/incidents/0/cause").asText()).isEqualTo("exit");
        assertThat(report.at("/incidents/0/strategy").asText()).isEqualTo("shrink");
        assertThat(report.at("/final/testAccuracy").asDouble())
                .isCloseTo(undisturbed.at("/final/testAccuracy").asDouble(), within(0.01));
        assertThat(report.at("/final/lossHistory")).hasSize(Integer.parseInt(STEPS));
        assertNoSampleLost(report, undisturbed);
        assertNothingLeft();
    }

    @Test
    void aReplacementEndsWithTheSameBits() throws IOException {
        endsWithTheSameBits("kill:2@30");
    }

    @Tag("soak")
    @ParameterizedTest
    @ValueSource(strings = {"kill:0@30", "kill:3@0", "kill:1@59", "throw:1@30", "kill:0@20,kill:2@20", "stop:1@30"})
    void aReplacementEndsWithTheSameBitsAfter(String fault) throws IOException {
        endsWithTheSameBits(fault);
    }

    private void endsWithTheSameBits(String fault) throws IOException {
        JsonNode undisturbed = undisturbed(4);
        CommandLineRun run = demo("--fault", fault, "--recover", "replace", "--deadline", "1");
        assertThat(run.exitStatus()).as(run.toString()).isZero();
        JsonNode report = report();
        assertThat(report.at("/final/worldSize").asInt()).isEqualTo(4);
        assertThat(report.at("/incidents").size()).as(report.toPrettyString()).isPositive();
        assertThat(report.at("/final/parametersSha256")).isEqualTo(undisturbed.at("/final/parametersSha256"));
        assertThat(report.at("/final/testAccuracy")).isEqualTo(undisturbed.at("/final/testAccuracy"));
        assertThat(report.at("/final/lossHistory")).isEqualTo(undisturbed.at("/final/lossHistory"));
        assertNoSampleLost(report, undisturbed);
        assertNothingLeft();
    }

    @Tag("slow")
    @Test
    void aSpareEndsWithTheSameBits() throws IOException {
        JsonNode undisturbed = undisturbed(4);
        CommandLineRun run = demo("--spares", "1", "--fault", "kill:2@30");
        assertThat(run.exitStatus()).as(run.toString()).isZero();
        JsonNode report = report();
        assertThat(report.at("/final/parametersSha256")).isEqualTo(undisturbed.at("/final/parametersSha256"));
        assertThat(report.at("/incidents/0/strategy").asText()).isEqualTo("replace");
        assertThat(report.at("/incidents/0/lostSteps").asInt()).isZero();
        assertNoSampleLost(report, undisturbed);
        assertNothingLeft();
    }

    @Tag("slow")
    @Test
    void goesOnWithoutTheLostRankUntilItsReplacementIsThere() throws IOException {
        JsonNode undisturbed = undisturbed(4);
        CommandLineRun run = demo("--recover", "regrow", "--fault", "kill:2@10");
        assertThat(run.exitStatus()).as(run.toString()).isZero();
        JsonNode report = report();
        assertThat(report.at("/incidents")).hasSize(1);
        assertThat(report.at("/incidents/0/strategy").asText()).isEqualTo("regrow");
        assertThat(report.at("/incidents/0/worldSize").asInt()).isEqualTo(3);
        assertThat(report.at("/changes/0/joined").toString()).isEqualTo("[2]");
        assertThat(report.at("/changes/0/worldSize").asInt()).isEqualTo(4);
        assertThat(report.at("/final/worldSize").asInt()).isEqualTo(4);
        assertThat(run.out()).contains("joined: [2]");
        assertNoSampleLost(report, undisturbed);
        assertNothingLeft();
    }

    @Tag("soak")
    @ParameterizedTest
    @ValueSource(strings = {"abort", "agree", "rebuild", "restore"})
    void survivesASecondLossInAnyPhaseOfARecovery(String phase) throws IOException {
        JsonNode undisturbed = undisturbed(4);
        CommandLineRun run = demo("--fault", "kill:2@30,kill:1@recovery:" + phase, "--recover", "replace");
        assertThat(run.exitStatus()).as(run.toString()).isZero();
        JsonNode report = report();
        assertThat(report.at("/final/parametersSha256")).isEqualTo(undisturbed.at("/final/parametersSha256"));
        assertNoSampleLost(report, undisturbed);
        assertNothingLeft();
    }

    @Test
    void oneRankTakesTheSameSamples() throws IOException {
        assertNoSampleLost(undisturbed(1), undisturbed(4));
    }

    @Tag("slow")
    @Test
    void moreRanksThanCpusTakeTheSameSamples() throws IOException {
        assertNoSampleLost(undisturbed(8), undisturbed(4));
    }

    @Test
    void theSameSeedGivesTheSameBits() throws IOException {
        JsonNode first = undisturbed(4);
        UNDISTURBED.remove(4);
        assertThat(undisturbed(4).at("/final/parametersSha256")).isEqualTo(first.at("/final/parametersSha256"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | --speed 3      | --speed",
                "2 | --fault kill:x | names no rank and step",
                "2 | --fault kill:9@3 | there is no rank 9",
                "2 | --ranks 0      | --ranks 0",
                "2 | --ranks 1000   | --ranks 1000",
                "2 | --steps 0      | --steps 0",
                "2 | --recover hope | --recover hope",
                "1 | --data /absent | /absent: no such folder",
            })
    void saysInOneLineWhatIsWrong(int exitStatus, String arguments, String message) throws IOException {
        CommandLineRun run = CommandLineRun.convoy(home, ("demo " + arguments).split(" "));
        assertThat(run.exitStatus()).as(run.toString()).isEqualTo(exitStatus);
        assertThat(run.err().lines()).as(run.err()).hasSize(1);
        assertThat(run.err()).contains(message);
        assertNothingLeft();
    }

    @Test
    void namesTheCorruptDataFile() throws IOException {
        Path data = Files.createDirectory(home.resolve("data"));
        for (String name :
                new String[] {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"}) {
            Files.write(data.resolve(name + "-ubyte.gz"), new byte[100]);
        }
        CommandLineRun run = CommandLineRun.convoy(home, "demo", "--data", data.toString());
        assertThat(run.exitStatus()).as(run.toString()).isEqualTo(1);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("train-images-idx3-ubyte.gz: not a sound gzip file");
    }

    private JsonNode undisturbed(int ranks) throws IOException {
        JsonNode known = UNDISTURBED.get(ranks);
        if (known == null) {
            CommandLineRun run = demo("--fault", "none", "--ranks", Integer.toString(ranks));
            assertThat(run.exitStatus()).as(run.toString()).isZero();
            known = report();
            assertThat(known.at("/incidents")).isEmpty();
            assertThat(known.at("/final/worldSize").asInt()).isEqualTo(ranks);
            UNDISTURBED.put(ranks, known);
        }
        return known;
    }

    private CommandLineRun demo(String... more) {
        String[] common = {
            "demo", "--steps", STEPS, "--seed", SEED, "--report", reportFile().toString()
        };
        return CommandLineRun.convoy(
                home, Stream.concat(Stream.of(common), Stream.of(more)).toArray(String[]::new));
    }

    private JsonNode report() throws IOException {
        return new ObjectMapper().readTree(reportFile().toFile());
    }

    private Path reportFile() {
        return home.resolve("report.json");
    }

    /** 60 steps are one pass of 31 × 256 + 64 samples and 28 steps of the next. */
    private static void assertNoSampleLost(JsonNode report, JsonNode undisturbed) {
        JsonNode samples = report.get("samples");
        assertThat(samples.get("consumed").asLong()).isEqualTo(8_000 + 28 * 256);
        assertThat(samples.get("skipped").asLong()).isZero();
        assertThat(samples.get("duplicated").asLong()).isZero();
        assertThat(samples.get("sha256")).isEqualTo(undisturbed.at("/samples/sha256"));
    }

    /** Neither durable state, since there is nothing to go on with, nor a process. */
    private void assertNothingLeft() throws IOException {
        Path state = home.resolve("state");
        if (Files.exists(state)) {
            try (Stream<Path> left = Files.walk(state)) {
                assertThat(left.filter(Files::isRegularFile)).isEmpty();
            }
        }
        assertThat(ProcessHandle.allProcesses().filter(this::isOfThisTest)).isEmpty();
    }

    private boolean isOfThisTest(ProcessHandle process) {
        try {
            String environment = Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
            return environment.contains(home.resolve("state").toString());
        } catch (IOException e) {
            // Gone meanwhile, or another user's.
            return false;
        }
    }
}
