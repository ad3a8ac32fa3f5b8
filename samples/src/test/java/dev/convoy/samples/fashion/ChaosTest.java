/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole training runs under random faults: none hangs, none loses or repeats a sample, nothing is left over, and where
 * lost ranks come back before anything else is lost, each ends bit for bit as if nothing had happened. How many faults:
 * {@code -Dconvoy.faults=N}; the same again: {@code -Dconvoy.seed=S}.
 */
@Tag("slow")
class ChaosTest {
    private static final int STEPS = 200;
    /** Each fault may cost the start of a process, on a machine that does much else. */
    private static final Duration BOUND_A_FAULT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    /** What becomes of lost ranks. */
    private enum Policy {
        REPLACE("--recover replace"),
        SPARE("--recover replace --spares 2"),
        SHRINK("--recover shrink"),
        REGROW("--recover regrow");

        private final String options;

        Policy(String options) {
            this.options = options;
        }

        boolean keepsTheBits() {
            return this == REPLACE || this == SPARE;
        }

        RandomFaults faults(SplittableRandom random) {
            return keepsTheBits() ? RandomFaults.ofReplacing(random, STEPS) : RandomFaults.ofShrinking(random, STEPS);
        }
    }

    @Test
    void randomFaultsChangeNothing() throws IOException {
        int wanted = Integer.getInteger("convoy.faults", 50);
        long seed = Long.getLong("convoy.seed", System.nanoTime());
        System.out.println("convoy.seed=" + seed + ", at least " + wanted + " faults");
        JsonNode undisturbed = run("undisturbed", 1, List.of("--fault", "none"));
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Integer> causes = new TreeMap<>();
        for (int faults = 0; faults < wanted; ) {
            Policy policy = Policy.values()[Math.max(0, random.nextInt(6) - 2)];
            RandomFaults planned = policy.faults(random.split());
            String story = "seed " + seed + ": " + policy + " " + planned.spec();
            System.out.println(story);
            JsonNode report = run(story, planned.count(), arguments(policy, planned));
            judge(story, policy, report, undisturbed);
            report.at("/incidents")
                    .forEach(incident -> causes.merge(incident.get("cause").asText(), 1, Integer::sum));
            faults += planned.count();
        }
        System.out.println("incidents by cause: " + causes);
    }

    private static List<String> arguments(Policy policy, RandomFaults faults) {
        List<String> arguments = new ArrayList<>(List.of("--fault", faults.spec(), "--max-recoveries", "64"));
        arguments.addAll(List.of("--deadline", "2"));
        arguments.addAll(List.of(policy.options.split(" ")));
        return arguments;
    }

    private JsonNode run(String story, int faults, List<String> arguments) throws IOException {
        Path reportFile = home.resolve("report.json");
        Files.deleteIfExists(reportFile);
        String[] common = {"demo", "--steps", Integer.toString(STEPS), "--seed", "7", "--report", reportFile.toString()
        };
        CommandLineRun run = CommandLineRun.convoy(
                BOUND_A_FAULT.multipliedBy(faults + 1),
                home,
                Stream.concat(Stream.of(common), arguments.stream()).toArray(String[]::new));
        assertThat(run.exitStatus()).as("%s%n%s", story, run).isZero();
        assertNothingLeft(story);
        return new ObjectMapper().readTree(reportFile.toFile());
    }

    private static void judge(String story, Policy policy, JsonNode report, JsonNode undisturbed) {
        assertThat(report.at("/samples")).as(story).isEqualTo(undisturbed.at("/samples"));
        assertThat(report.at("/samples/skipped").asLong()).as(story).isZero();
        assertThat(report.at("/samples/duplicated").asLong()).as(story).isZero();
        assertThat(report.at("/incidents")).as(story).isNotEmpty();
        assertThat(report.at("/warnings"))
                .as(story)
                .noneSatisfy(warning -> assertThat(warning.asText()).contains("could not write"));
        assertThat(report.at("/final/lossHistory")).as(story).hasSize(STEPS);
        if (policy.keepsTheBits()) {
            assertThat(report.at("/final")).as(story).isEqualTo(undisturbed.at("/final"));
        }
    }

    /** Neither durable state, since there is nothing to go on with, nor a process. */
    private void assertNothingLeft(String story) throws IOException {
        Path state = home.resolve("state");
        if (Files.exists(state)) {
            try (Stream<Path> left = Files.walk(state)) {
                assertThat(left.filter(Files::isRegularFile)).as(story).isEmpty();
            }
        }
        assertThat(ProcessHandle.allProcesses().filter(this::isOfThisTest))
                .as(story)
                .isEmpty();
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
