/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.RankProcess.Runtime;
import dev.convoy.bindings.Posix;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The code that runs on NVIDIA's libraries, on a machine without them: polling waits, staged copies, libraries named by
 * property. The host library stands in for both, without its extensions.
 */
@Timeout(120)
class StandInForCudaTest {
    private List<RankProcess> ranks = List.of();

    @AfterEach
    void endAll() {
        ranks.forEach(RankProcess::close);
    }

    @Test
    void sumsAreRight() throws Exception {
        ranks = RankProcess.startAll(Runtime.STAND_IN_FOR_CUDA, "correct", 2);
        for (RankProcess rank : ranks) {
            rank.expect("correct");
            assertThat(rank.exitStatus()).isZero();
        }
    }

    @Test
    void dataMovesThroughStagesAndStagesComplete() throws Exception {
        ranks = RankProcess.startAll(Runtime.STAND_IN_FOR_CUDA, "moves", 2);
        for (RankProcess rank : ranks) {
            assertThat(rank.expect("CUDA ")).doesNotContain("NATIVE_WAIT", "FAILED_RANKS");
            assertThat(rank.expect("view ")).isEqualTo("false");
            rank.expect("moved");
            assertThat(rank.exitStatus()).isZero();
        }
    }

    @Test
    void lossIsNoticedByPolling() throws Exception {
        ranks = RankProcess.startAll(Runtime.STAND_IN_FOR_CUDA, "loop", 2);
        for (RankProcess rank : ranks) {
            rank.expect("running");
        }
        ranks.get(1).signal(Posix.SIGKILL);
        assertThat(ranks.get(0).expect("lost ")).isEqualTo("[] ncclRemoteError");
        ranks.get(0).expect("closed");
    }
}
