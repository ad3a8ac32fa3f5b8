/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodesTest {
    private static Harness job(RecoveryPolicy policy) {
        return Harness.running(Harness.spec(4, policy).withNodes(2));
    }

    private static void losesNode1(Harness job) {
        job.on(new CoordinatorEvent.NodeLost(job.nowNs(), 1, "closed the connection"));
    }

    private static List<Integer> nodes(Harness job) {
        return job.decided(Decision.Spawn.class).stream()
                .map(Decision.Spawn::node)
                .toList();
    }

    @Test
    void neighboursLieOnOneNode() {
        assertThat(nodes(new Harness(Harness.spec(4, RecoveryPolicy.SHRINK).withNodes(2))))
                .containsExactly(0, 0, 1, 1);
        assertThat(nodes(new Harness(Harness.spec(5, RecoveryPolicy.SHRINK).withNodes(3))))
                .containsExactly(0, 0, 1, 1, 2);
    }

    @Test
    void allRanksOfALostNodeAreOneIncident() {
        Harness job = job(RecoveryPolicy.SHRINK);
        job.fencesAnswered = false;
        losesNode1(job);
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.incident().ranks()).containsExactly(2, 3);
        assertThat(job.incident().detectedBy()).isEqualTo(Incident.DetectedBy.AGENT);
        assertThat(job.fenced()).containsExactly(rank(2), rank(3));
    }

    @Test
    void theNextEpochWaitsUntilNothingThereCanAct() {
        Harness job = job(RecoveryPolicy.SHRINK);
        job.fencesAnswered = false;
        losesNode1(job);
        Version version = new Version(1, 7);
        Holding all = new Holding(version, 4, new int[] {0, 1, 2, 3}, true);
        job.acknowledges(rank(0), 2, 7, version, all);
        job.acknowledges(rank(1), 2, 7, version, all);
        job.on(new CoordinatorEvent.Fenced(job.nowNs(), rank(2)));
        assertThat(job.published(2)).isFalse();
        job.on(new CoordinatorEvent.Fenced(job.nowNs(), rank(3)));
        assertThat(job.published(2)).isTrue();
    }

    @Test
    void replacementsStartOnANodeThatIsThere() {
        Harness job = job(RecoveryPolicy.REPLACE);
        losesNode1(job);
        assertThat(job.spawned()).containsExactly(new MemberId(2, 1), new MemberId(3, 1));
        assertThat(nodes(job)).containsExactly(0, 0);
    }

    @Test
    void aNodeThatComesBackIsUsedAgain() {
        Harness job = job(RecoveryPolicy.REPLACE);
        losesNode1(job);
        job.on(new CoordinatorEvent.NodeJoined(job.nowNs(), 1));
        job.forget();
        job.dies(new MemberId(3, 1));
        assertThat(nodes(job)).containsExactly(1);
    }

    @Test
    void aNodeThatKeepsLosingRanksIsAvoidedForAWhile() {
        Harness job = job(RecoveryPolicy.REPLACE);
        for (int i = 0; i < 3; i++) {
            job.dies(new MemberId(3, i));
        }
        assertThat(nodes(job)).containsExactly(1, 1, 0);
    }

    @Test
    void aProgramThatFailsSaysNothingAboutItsNode() {
        Harness job = job(RecoveryPolicy.REPLACE);
        for (int i = 0; i < 4; i++) {
            job.connect(new MemberId(3, i));
            job.says(new MemberId(3, i), new RankMessage.Failing(1, "out of range"));
            job.exits(new MemberId(3, i), "exited with status 1", false);
        }
        assertThat(nodes(job)).doesNotContain(0);
    }

    @Test
    void sparesOfALostNodeStopNobody() {
        Harness job = Harness.running(
                Harness.spec(4, RecoveryPolicy.REPLACE).withNodes(2).withSpares(2));
        job.connect(new MemberId(5, 0));
        job.dies(rank(2));
        job.dies(rank(3));
        job.forget();
        losesNode1(job);
        assertThat(job.fenced()).doesNotContain(new MemberId(4, 0));
    }
}
