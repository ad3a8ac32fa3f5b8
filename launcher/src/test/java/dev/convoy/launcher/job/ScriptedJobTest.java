/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.launcher.Job;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobRequestBuilder;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.RankOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent with real processes that follow the protocol and compute nothing. */
@Timeout(120)
class ScriptedJobTest {
    @TempDir
    Path temp;

    private final MarkedProcesses processes = new MarkedProcesses();

    @Test
    void anUndisturbedJobHasNoIncident() {
        JobResult result = run(job(4, "20"));
        assertThat(result.success()).as(result.message()).isTrue();
        assertThat(result.incidents()).isEmpty();
        assertThat(result.warnings()).isEmpty();
        assertThat(result.summary().orElseThrow().worldSize()).isEqualTo(4);
        assertNothingLeft();
    }

    @Test
    void aKilledRankIsLeftOut() {
        List<List<MemberId>> epochs = new ArrayList<>();
        JobResult result = Job.run(job(4, "60", "2=kill@20").build(), new JobListener() {
            @Override
            public void epochStarted(long epoch, List<MemberId> members) {
                epochs.add(members);
            }
        });
        assertThat(result.success()).as(result.message()).isTrue();
        assertThat(epochs)
                .containsExactly(
                        List.of(new MemberId(0, 0), new MemberId(1, 0), new MemberId(2, 0), new MemberId(3, 0)),
                        List.of(new MemberId(0, 0), new MemberId(1, 0), new MemberId(3, 0)));
        Incident incident = theOnly(result);
        assertThat(incident.cause()).isEqualTo(Incident.Cause.EXIT);
        assertThat(incident.ranks()).containsExactly(2);
        assertThat(incident.worldSize()).isEqualTo(3);
        assertTimesInOrder(incident);
        assertNothingLeft();
    }

    @Test
    void aKilledRankIsReplaced() {
        JobResult result = run(job(3, "60", "1=kill@20").policy(RecoveryPolicy.REPLACE));
        assertThat(result.success()).as(result.message()).isTrue();
        Incident incident = theOnly(result);
        assertThat(incident.strategy()).isEqualTo(RecoveryPolicy.REPLACE);
        assertThat(incident.worldSize()).isEqualTo(3);
        assertTimesInOrder(incident);
        assertThat(result.summary().orElseThrow().worldSize()).isEqualTo(3);
        assertNothingLeft();
    }

    @Test
    void aStoppedRankIsFoundByTheDeadlineOfAnotherAndKilled() {
        JobResult result = run(job(3, "400", "2=stop@20", "0=suspect@380"));
        assertThat(result.success()).as(result.message()).isTrue();
        Incident incident = theOnly(result);
        assertThat(incident.cause()).isEqualTo(Incident.Cause.HANG);
        assertThat(incident.ranks()).containsExactly(2);
        assertThat(incident.detectedBy()).isEqualTo(Incident.DetectedBy.DEADLINE);
        assertNothingLeft();
    }

    @Test
    void aRankWhoseCodeThrowsIsAnError() {
        JobResult result = run(job(3, "60", "0=fail@20"));
        assertThat(result.success()).as(result.message()).isTrue();
        assertThat(theOnly(result).cause()).isEqualTo(Incident.Cause.ERROR);
        assertThat(theOnly(result).ranks()).containsExactly(0);
        assertNothingLeft();
    }

    @Test
    void tooFewRanksEndTheJobWithItsReason() {
        JobResult result = run(job(3, "60", "1=kill@20").minRanks(3).deadline(Duration.ofMillis(500)));
        assertThat(result.success()).isFalse();
        assertThat(result.exitStatus()).isEqualTo(1);
        assertThat(result.message()).contains("--min-ranks").contains("rank 1").doesNotContain("\n");
        assertNothingLeft();
    }

    @Test
    void aLimitOfRecoveriesEndsTheJob() {
        JobResult result = run(job(3, "60", "1=kill@20").maxRecoveries(0).deadline(Duration.ofMillis(500)));
        assertThat(result.exitStatus()).isEqualTo(1);
        assertThat(result.message()).contains("--max-recoveries");
        assertNothingLeft();
    }

    @Test
    void aListenerThatThrowsEndsTheJobAndItsRanks() {
        JobRequest request = job(2, "100000").build();
        assertThat(catchThrowable(() -> Job.run(request, new JobListener() {
                    @Override
                    public void epochStarted(long epoch, List<MemberId> members) {
                        throw new IllegalStateException("no more");
                    }
                })))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("no more");
        assertNothingLeft();
    }

    // Such as a terminal that was paused, or a pager that has filled the pipe.
    @Test
    void aListenerThatDoesNotReturnHoldsUpNoRecovery() throws Exception {
        CountDownLatch mayReturn = new CountDownLatch(1);
        List<Long> epochs = new ArrayList<>();
        JobListener deaf = new JobListener() {
            @Override
            public void epochStarted(long epoch, List<MemberId> members) {
                awaitQuietly(mayReturn);
                epochs.add(epoch);
            }
        };
        JobRequest request =
                job(3, "400", "1=kill@200").policy(RecoveryPolicy.REPLACE).build();
        try (ExecutorService agent = Executors.newSingleThreadExecutor()) {
            Future<JobResult> job = agent.submit(() -> Job.run(request, deaf));
            await().atMost(Duration.ofSeconds(30)).until(() -> processes.alive().size() == 3);
            try {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> processes.alive().isEmpty());
                assertThat(job).isNotDone();
                assertThat(epochs).isEmpty();
            } finally {
                mayReturn.countDown();
            }
            JobResult result = job.get();
            assertThat(result.success()).as(result.message()).isTrue();
            assertThat(theOnly(result).strategy()).isEqualTo(RecoveryPolicy.REPLACE);
        }
        assertThat(epochs).containsExactly(1L, 2L);
        assertNothingLeft();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private JobRequestBuilder job(int ranks, String... arguments) {
        return JobRequest.builder(Programs.java(ScriptedRank.class, arguments))
                .ranks(ranks)
                .stateDir(temp.resolve("state"))
                .environment(MarkedProcesses.VARIABLE, processes.value())
                .output(RankOutput.ERRORS);
    }

    private static JobResult run(JobRequestBuilder request) {
        return Job.run(request.build(), JobListener.NONE);
    }

    private static Incident theOnly(JobResult result) {
        assertThat(result.incidents()).hasSize(1);
        return result.incidents().getFirst();
    }

    private static void assertTimesInOrder(Incident incident) {
        assertThat(List.of(
                        incident.faultAtNs(),
                        incident.detectedAtNs(),
                        incident.abortedAtNs(),
                        incident.agreedAtNs(),
                        incident.rebuiltAtNs(),
                        incident.restoredAtNs(),
                        incident.resumedAtNs()))
                .isSorted();
    }

    private void assertNothingLeft() {
        assertThat(processes.alive()).isEmpty();
        assertThat(temp).isEmptyDirectory();
    }
}
