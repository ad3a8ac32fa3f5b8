/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.MS;
import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GivingUpTest {
    private static JobSpec spec(int minRanks, int maxRecoveries, String stateDirectory) {
        return new JobSpec(4, RecoveryPolicy.SHRINK, minRanks, maxRecoveries, 1_000 * MS, 5_000 * MS, stateDirectory);
    }

    private static RankMessage.DurablePart part(String file) {
        return new RankMessage.DurablePart(new Version(1, 7), file, 10, "00ff", true);
    }

    private static Harness lostOneOfFour(JobSpec spec) {
        Harness job = Harness.running(spec);
        job.dies(rank(3));
        for (int i = 0; i < 3; i++) {
            job.acknowledgesHolding(rank(i), 2, 4, 7);
        }
        return job;
    }

    @Test
    void belowMinRanksWithoutAStateDirectoryEndsAtOnce() {
        Harness job = lostOneOfFour(spec(4, 16, null));
        assertThat(job.outcome().success()).isFalse();
        assertThat(job.outcome().message())
                .isEqualTo("3 of at least 4 ranks are left (--min-ranks): rank 3 was killed by signal 9 (cause: exit)");
        assertThat(job.fenced()).containsExactly(rank(0), rank(1), rank(2));
        assertThat(job.published(1)).isTrue();
    }

    @Test
    void survivorsWriteTheNewestVersionBeforeTheEnd() {
        Harness job = lostOneOfFour(spec(4, 16, "/var/state"));
        assertThat(job.hasEnded()).isFalse();
        CoordinatorMessage.Persist request =
                job.sent(rank(0), CoordinatorMessage.Persist.class).orElseThrow();
        assertThat(request.directory()).isEqualTo("/var/state/e1-s7");
        assertThat(request.shards()).containsExactly(0);
        assertThat(request.replicated()).isTrue();
        assertThat(job.sent(rank(2), CoordinatorMessage.Persist.class)
                        .orElseThrow()
                        .shards())
                .containsExactly(2, 3);

        for (int i = 0; i < 3; i++) {
            assertThat(job.hasEnded()).isFalse();
            job.says(rank(i), part(request(job, i).file()));
        }
        List<Decision.CommitDurable> commits = job.decided(Decision.CommitDurable.class);
        assertThat(commits).hasSize(1);
        assertThat(commits.getFirst().shardCount()).isEqualTo(4);
        assertThat(commits.getFirst().parts()).hasSize(3);
        assertThat(job.coordinator.lastDurable()).contains(new Version(1, 7));
        assertThat(job.outcome().exitStatus()).isEqualTo(1);
        assertThat(job.decisions().indexOf(commits.getFirst()))
                .isLessThan(
                        job.decisions().indexOf(job.decided(Decision.End.class).getFirst()));
    }

    @Test
    void versionThatIsOnDiskAlreadyIsNotWrittenAgain() {
        Harness job = Harness.running(spec(4, 16, "/var/state"));
        for (int i = 0; i < 4; i++) {
            job.says(rank(i), part("part-" + i + ".bin"));
        }
        job.dies(rank(3));
        for (int i = 0; i < 3; i++) {
            job.acknowledgesHolding(rank(i), 2, 4, 7);
        }
        assertThat(job.hasEnded()).isTrue();
        assertThat(job.decided(Decision.CommitDurable.class)).hasSize(1);
    }

    @Test
    void writingIsBounded() {
        Harness job = lostOneOfFour(spec(4, 16, "/var/state"));
        job.says(rank(0), part(request(job, 0).file()));
        job.advance(6_100);
        assertThat(job.outcome().message()).contains("could not be written to disk in time");
        assertThat(job.decided(Decision.CommitDurable.class)).isEmpty();
    }

    @Test
    void whatALostWriterHadToWriteOthersWrite() {
        Harness job = lostOneOfFour(spec(4, 16, "/var/state"));
        String first = request(job, 0).file();
        job.says(rank(2), part(request(job, 2).file()));
        job.dies(rank(1));
        assertThat(job.hasEnded()).isFalse();
        CoordinatorMessage.Persist again = request(job, 0);
        assertThat(again.file()).isNotEqualTo(first);
        assertThat(again.shards()).containsExactly(1);
        assertThat(again.replicated()).isFalse();

        job.says(rank(0), part(first));
        assertThat(job.hasEnded()).isFalse();
        job.says(rank(0), part(again.file()));
        assertThat(job.decided(Decision.CommitDurable.class).getFirst().parts())
                .extracting(StoredPart::file)
                .containsExactlyInAnyOrder(first, again.file(), request(job, 2).file());
        assertThat(job.outcome().message()).doesNotContain("could not be written");
    }

    @Test
    void aFullDiskAtOneWriterIsNotTheEndOfTheState() {
        Harness job = lostOneOfFour(spec(4, 16, "/var/state"));
        job.says(
                rank(0),
                new RankMessage.DurableFailed(new Version(1, 7), request(job, 0).file(), "disk full"));
        assertThat(request(job, 1).shards()).containsExactly(0);
        assertThat(request(job, 1).replicated()).isTrue();
        assertThat(job.coordinator.warnings())
                .anySatisfy(text ->
                        assertThat(text).contains("rank 0 could not write").contains("disk full"));
    }

    @Test
    void aSilentWriterIsReplacedInTime() {
        Harness job = lostOneOfFour(spec(4, 16, "/var/state"));
        job.falls(rank(1));
        job.advance(1_200);
        assertThat(job.fenced()).containsExactly(rank(1));
        assertThat(request(job, 0).shards()).containsExactly(1);
    }

    @Test
    void whereNobodyElseHoldsItAnOlderVersionIsWritten() {
        Harness job = Harness.running(spec(4, 16, "/var/state"));
        job.dies(rank(3));
        Version newer = new Version(1, 7);
        Version older = new Version(1, 6);
        for (int i = 0; i < 3; i++) {
            int[] all = {0, 1, 2, 3};
            int[] here = GroupPlacement.of(4).shardsHeldBy(i);
            job.acknowledges(rank(i), 2, 7, older, new Holding(newer, 4, here, true), new Holding(older, 4, all, true));
        }
        assertThat(request(job, 2).version()).isEqualTo(newer);
        job.dies(rank(2));
        assertThat(request(job, 0).version()).isEqualTo(older);
        assertThat(request(job, 0).directory()).isEqualTo("/var/state/e1-s6");
        assertThat(job.hasEnded()).isFalse();
    }

    @Test
    void whoseMemoryOfTheNewestIsDamagedMayHoldAnOlderOne() {
        Harness job = Harness.running(spec(4, 16, "/var/state"));
        job.dies(rank(3));
        Version newer = new Version(1, 7);
        Version older = new Version(1, 6);
        for (int i = 0; i < 3; i++) {
            int[] here = GroupPlacement.of(4).shardsHeldBy(i);
            job.acknowledges(
                    rank(i), 2, 7, older, new Holding(newer, 4, here, true), new Holding(older, 4, here, true));
        }
        for (Version tried : List.of(newer, older)) {
            assertThat(job.hasEnded()).isFalse();
            assertThat(request(job, 2).version()).isEqualTo(tried);
            assertThat(request(job, 2).shards()).containsExactly(2, 3);
            job.says(
                    rank(2),
                    new RankMessage.DurableFailed(tried, request(job, 2).file(), "memory was damaged"));
        }
        assertThat(job.outcome().message())
                .contains("could not be written to disk: rank 2 could not write its part: memory was damaged");
    }

    @Test
    void lossOfAllHoldersEndsTheWait() {
        Harness job = lostOneOfFour(spec(4, 16, "/var/state"));
        job.dies(rank(2));
        assertThat(job.outcome().message()).contains("could not be written to disk: rank 2 was killed by signal 9");
    }

    @Test
    void aRegularPartThatComesLateIsNotTakenForTheFinalOne() {
        Harness job = lostOneOfFour(spec(4, 16, "/var/state"));
        for (int i = 0; i < 3; i++) {
            job.says(rank(i), part("part-" + i + ".bin"));
        }
        assertThat(job.decided(Decision.CommitDurable.class)).isEmpty();
        assertThat(job.hasEnded()).isFalse();
    }

    @Test
    void aVersionOlderThanTheOneOnDiskIsNotWritten() {
        Harness job = Harness.running(spec(4, 16, "/var/state"));
        for (int i = 0; i < 4; i++) {
            job.says(rank(i), part("part-" + i + ".bin"));
        }
        job.dies(rank(3));
        for (int i = 0; i < 3; i++) {
            job.acknowledgesHolding(rank(i), 2, 4, 6);
        }
        assertThat(job.hasEnded()).isTrue();
    }

    private static CoordinatorMessage.Persist request(Harness job, int rank) {
        return job.sent(rank(rank), CoordinatorMessage.Persist.class).orElseThrow();
    }

    @Test
    void moreRecoveriesThanAllowedEndTheJob() {
        Harness job = lostOneOfFour(spec(1, 1, null));
        job.ready(2);
        job.dies(rank(0));
        job.acknowledges(rank(1), 3);
        job.acknowledges(rank(2), 3);
        assertThat(job.outcome().message()).contains("gave up after 1 recoveries (--max-recoveries)");
        assertThat(job.coordinator.incidents()).hasSize(2);
    }

    @Test
    void noRecoveryAllowed() {
        Harness job = lostOneOfFour(spec(1, 0, null));
        assertThat(job.outcome().message()).contains("gave up after 0 recoveries");
    }

    @Test
    void lastRoundSurvivesFurtherLosses() {
        Harness job = Harness.running(spec(1, 0, null));
        job.dies(rank(3));
        job.acknowledgesHolding(rank(0), 2, 4, 7);
        job.dies(rank(0));
        job.acknowledgesHolding(rank(1), 2, 4, 7);
        job.acknowledgesHolding(rank(2), 2, 4, 7);
        assertThat(job.outcome().message()).contains("gave up");
        assertThat(job.coordinator.incidents()).hasSize(1);
    }

    @Test
    void committedStateThatNobodyCoversEndsTheJobAndNamesTheShard() {
        Harness job = Harness.running(spec(1, 16, null));
        job.dies(rank(2));
        job.dies(rank(3));
        job.acknowledgesHolding(rank(0), 2, 4, 7);
        job.acknowledgesHolding(rank(1), 2, 4, 7);
        assertThat(job.outcome().message())
                .contains("step 7 of epoch 1 cannot be restored: shard 2 lay only at rank 2 and rank 3");
    }

    @Test
    void nothingCommittedMeansTheInitialState() {
        Harness job = Harness.running(spec(1, 16, null));
        job.dies(rank(3));
        for (int i = 0; i < 3; i++) {
            job.acknowledges(rank(i), 2);
        }
        assertThat(job.epochStart(rank(0)).plan().isInitial()).isTrue();
        assertThat(job.incident().restoredStep()).isZero();
    }

    @Test
    void lossBeforeAnythingWasDoneFailsTheJob() {
        Harness job = new Harness(spec(1, 16, null));
        job.form();
        job.exits(rank(3), "exited with status 1", false);
        for (int i = 0; i < 3; i++) {
            job.acknowledges(rank(i), 2);
        }
        assertThat(job.outcome().message())
                .contains("rank 3 exited with status 1")
                .contains("before the first step");
    }

    @Test
    void killBeforeAnythingWasDoneRecoversFromTheInitialState() {
        Harness job = new Harness(spec(1, 16, null));
        job.form();
        job.dies(rank(3));
        for (int i = 0; i < 3; i++) {
            job.acknowledges(rank(i), 2);
        }
        assertThat(job.epochStart(rank(0)).plan().isInitial()).isTrue();
    }

    @Test
    void lossInTheFirstStepRecoversFromTheFirstSnapshot() {
        Harness job = new Harness(spec(1, 16, null));
        job.form();
        job.dies(rank(3));
        for (int i = 0; i < 3; i++) {
            job.acknowledgesHolding(rank(i), 2, 4, 0);
        }
        assertThat(job.epochStart(rank(0)).plan().version()).isEqualTo(new Version(1, 0));
    }

    @Test
    void lastRankIsLetToSayWhyItFailed() {
        Harness job = Harness.running(new JobSpec(1, RecoveryPolicy.SHRINK, 1, 16, 1_000 * MS, 5_000 * MS, null));
        job.says(rank(0), new RankMessage.Failing(1, "ArithmeticException: / by zero"));
        assertThat(job.hasEnded()).isFalse();
        job.exits(rank(0), "exited with status 1", false);
        assertThat(job.outcome().message()).contains("rank 0 failed: ArithmeticException: / by zero");
        assertThat(job.fenced()).isEmpty();
    }
}
