/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the README, as single source files, started as the README says. */
class ProgramsEndToEndTest {

    @TempDir
    Path home;

    @Test
    void allReduceSumsOverTheRanks() {
        CommandLineRun run = CommandLineRun.convoy(home, "run", "-n", "3", "--", "java", "programs/AllReduce.java");
        assertThat(run.exitStatus()).as(run.toString()).isZero();
        assertThat(run.out().lines())
                .containsExactlyInAnyOrder(
                        "[rank 0] rank 0 of 3: 6.0", "[rank 1] rank 1 of 3: 6.0", "[rank 2] rank 2 of 3: 6.0");
    }

    @Test
    void theTrainingLoopSurvivesALostRank() {
        CommandLineRun run = CommandLineRun.convoy(
                home, "run", "-n", "3", "--fault", "kill:1@250", "--", "java", "programs/FitALine.java");
        assertThat(run.exitStatus()).as(run.toString()).isZero();
        assertThat(run.out().lines())
                .containsExactlyInAnyOrder(
                        "[rank 0] rank 0 of 2: y = 3.000x -1.000", "[rank 2] rank 1 of 2: y = 3.000x -1.000");
    }
}
