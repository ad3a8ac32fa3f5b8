/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.launcher.Job;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobRequestBuilder;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.RankOutput;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that know nothing of Convoy. */
@Timeout(60)
class PlainCommandTest {
    @TempDir
    Path temp;

    private final MarkedProcesses processes = new MarkedProcesses();

    @Test
    void succeedsWhenEveryRankDoes() throws IOException {
        JobResult result = run(3, "echo $CONVOY_RANK of $CONVOY_WORLD_SIZE > " + temp + "/rank-$CONVOY_RANK");
        assertThat(result.success()).isTrue();
        assertThat(result.exitStatus()).isZero();
        for (int rank = 0; rank < 3; rank++) {
            assertThat(temp.resolve("rank-" + rank)).hasContent(rank + " of 3");
        }
    }

    @Test
    void oneRankThatFailsEndsTheOthers() {
        JobResult result = run(3, "if [ $CONVOY_RANK = 1 ]; then exit 5; fi; sleep 60");
        assertThat(result.success()).isFalse();
        assertThat(result.exitStatus()).isEqualTo(1);
        assertThat(result.message()).contains("rank 1 exited with status 5").doesNotContain("\n");
        assertThat(processes.alive()).isEmpty();
    }

    @Test
    void whatAKilledRankLeftRunningEndsWithTheJob() {
        JobResult result = run(2, "sleep 60 & if [ $CONVOY_RANK = 1 ]; then kill -KILL $$; fi; wait");
        assertThat(result.message()).contains("rank 1 was killed by SIGKILL");
        assertThat(processes.alive()).isEmpty();
    }

    @Test
    void ranksFindTheAgentsJdkAndConvoyFirst() throws IOException {
        run(1, "command -v java > " + temp + "/java; echo $CLASSPATH > " + temp + "/classpath");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        assertThat(temp.resolve("java")).hasContent(java.toString());
        assertThat(Files.readString(temp.resolve("classpath"))).contains(faultLayer());
    }

    @Test
    void ranksHaveNoStandardInputToWaitFor() {
        assertThat(run(2, "cat").success()).isTrue();
    }

    @Test
    void aJobsTokenIsItsOwn() throws IOException {
        run(2, "echo $CONVOY_TOKEN > " + temp + "/token-$CONVOY_RANK");
        run(1, "echo $CONVOY_TOKEN > " + temp + "/token-2");
        TreeSet<String> tokens = new TreeSet<>();
        for (int i = 0; i < 3; i++) {
            tokens.add(Files.readString(temp.resolve("token-" + i)));
        }
        assertThat(tokens)
                .as("one token a job")
                .hasSize(2)
                .allMatch(token -> token.strip().length() == 64);
    }

    @Test
    void aFaultThatCouldNotFireIsAWarning() {
        JobRequest request =
                request(1, "true").faults(FaultSpec.parseList("kill:0@5")).build();
        assertThat(Job.run(request, JobListener.NONE).warnings()).anyMatch(warning -> warning.contains("kill:0@5"));
    }

    private static String faultLayer() {
        return Path.of(URI.create(FaultSpec.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }

    private JobResult run(int ranks, String script) {
        return Job.run(request(ranks, script).build(), JobListener.NONE);
    }

    private JobRequestBuilder request(int ranks, String script) {
        return JobRequest.builder(List.of("sh", "-c", script))
                .ranks(ranks)
                .stateDir(temp.resolve("state"))
                .environment(MarkedProcesses.VARIABLE, processes.value())
                .output(RankOutput.ERRORS);
    }
}
