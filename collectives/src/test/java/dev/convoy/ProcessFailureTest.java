/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.bindings.Posix;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks in processes of their own, some of which are killed or stopped. */
@Timeout(120)
class ProcessFailureTest {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private List<RankProcess> ranks = List.of();

    @AfterEach
    void endAll() {
        ranks.forEach(RankProcess::close);
    }

    @Test
    void sumsOfAllSizesAreRightBetweenProcesses() throws Exception {
        ranks = RankProcess.startAll("correct", 3);
        for (RankProcess rank : ranks) {
            rank.expect("correct");
            assertThat(rank.exitStatus()).isZero();
        }
    }

    @Test
    void killedRankIsNamedToTheOthersAtOnce() throws Exception {
        ranks = RankProcess.startAll("loop", 3);
        for (RankProcess rank : ranks) {
            rank.expect("running");
        }
        long killed = System.nanoTime();
        ranks.get(1).signal(Posix.SIGKILL);
        for (RankProcess survivor : List.of(ranks.get(0), ranks.get(2))) {
            assertThat(survivor.expect("lost ")).isEqualTo("[1] ncclRemoteError");
            survivor.expect("closed");
            assertThat(survivor.exitStatus()).isZero();
        }
        // A few milliseconds on an idle machine; what is asserted is that no deadline played a part.
        assertThat((System.nanoTime() - killed) / NANOS_PER_MILLI).isLessThan(10_000);
    }

    @Test
    void stoppedRankIsAnErrorAfterTheDeadline() throws Exception {
        ranks = RankProcess.startAll("impatient", 2);
        for (RankProcess rank : ranks) {
            rank.expect("running");
        }
        ranks.get(1).signal(Posix.SIGSTOP);
        assertThat(ranks.get(0).expect("CollectiveTimeoutException"))
                .contains("not done within 700 ms", "rank 0 of 'world'", "ALL_REDUCE");
        ranks.get(0).expect("closed");
        assertThat(ranks.get(0).exitStatus()).isZero();
    }

    @Test
    void closingWaitsForNoDeadRank() throws Exception {
        ranks = RankProcess.startAll("idle", 2);
        for (RankProcess rank : ranks) {
            rank.expect("idle");
        }
        ranks.get(1).signal(Posix.SIGKILL);
        ranks.get(1).exitStatus();
        ranks.get(0).tell("close");
        ranks.get(0).expect("closed");
        assertThat(ranks.get(0).exitStatus()).isZero();
    }

    @Test
    void survivorsFormANewCommunicator() throws Exception {
        ranks = RankProcess.startAll("regroup", 3);
        for (RankProcess rank : ranks) {
            rank.expect("running");
        }
        ranks.get(2).signal(Posix.SIGKILL);
        String id = ranks.get(0).expect("id ");
        ranks.get(1).tell(id);
        for (RankProcess survivor : ranks.subList(0, 2)) {
            assertThat(survivor.expect("sum ")).isEqualTo("3.0");
            survivor.expect("closed");
            assertThat(survivor.exitStatus()).isZero();
        }
    }
}
