/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTimelineTest {

    private static final long FAULT = 5_000_000_000L;

    @Test
    void showsEveryPhaseSinceTheFaultAndSinceThePhaseBefore() {
        Incident incident = new Incident(
                2,
                Incident.Cause.EXIT,
                List.of(2),
                Incident.DetectedBy.PEER_DEATH,
                FAULT,
                FAULT + 600_000,
                FAULT + 2_000_000L,
                FAULT + 3_000_000L,
                FAULT + 10_000_000L,
                FAULT + 11_500_000L,
                FAULT + 15_250_000L,
                200L,
                1L,
                RecoveryPolicy.SHRINK,
                3);
        assertThat(RecoveryTimeline.lines(incident, "rank 2 died"))
                .containsExactly(
                        "  ── rank 2 lost: exit, detected by peer-death",
                        "     rank 2 died",
                        "     fault          0.0 ms   (+0.0)",
                        "     detected       0.6 ms   (+0.6)",
                        "     aborted        2.0 ms   (+1.4)",
                        "     agreed         3.0 ms   (+1.0)",
                        "     rebuilt       10.0 ms   (+7.0)",
                        "     restored      11.5 ms   (+1.5)",
                        "     resumed       15.3 ms   (+3.8)",
                        "  ── shrink: 3 ranks in epoch 2, on from step 200; completed steps lost: 1");
    }

    @Test
    void leavesOutWhatAnOvertakenIncidentDidNotReach() {
        Incident incident = new Incident(
                3,
                Incident.Cause.HANG,
                List.of(0, 3),
                Incident.DetectedBy.DEADLINE,
                FAULT,
                FAULT + 1_000_000,
                FAULT + 2_000_000L,
                null,
                null,
                null,
                null,
                null,
                null,
                RecoveryPolicy.REPLACE,
                null);
        assertThat(RecoveryTimeline.lines(incident, null))
                .containsExactly(
                        "  ── ranks 0, 3 lost: hang, detected by deadline",
                        "     fault          0.0 ms   (+0.0)",
                        "     detected       1.0 ms   (+1.0)",
                        "     aborted        2.0 ms   (+1.0)",
                        "  ── not completed");
    }
}
