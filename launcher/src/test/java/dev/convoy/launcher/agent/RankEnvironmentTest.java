/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.launcher.Cluster;
import dev.convoy.launcher.JobRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How many processes are to find room on this machine's devices. */
class RankEnvironmentTest {
    private static int processesHere(Optional<Cluster> cluster) {
        return RankEnvironment.processesHere(JobRequest.builder(List.of("true"))
                .ranks(9)
                .policy(RecoveryPolicy.REPLACE)
                .spares(1)
                .cluster(cluster)
                .build());
    }

    @Test
    void allOfAJobOfThisMachine() {
        assertThat(processesHere(Optional.empty())).isEqualTo(10);
    }

    @Test
    void theLargestShareOfAJobOfSeveral() {
        assertThat(processesHere(Optional.of(new Cluster(2, 0, "192.0.2.1", 4000))))
                .isEqualTo(6);
    }

    @Test
    void allWhereTheAgentsShareThisMachine() {
        assertThat(processesHere(Optional.of(new Cluster(2, 0, "127.0.0.1", 4000))))
                .isEqualTo(10);
    }
}
