/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RehearsalTest {

    @Test
    void goesTheWholeWayThroughARecoveryUnderEachPolicyThroughAChangeAndADiagnosis() {
        assertThat(Rehearsal.play(System.nanoTime())).isEqualTo(2 + 2 + 3 + 2);
    }
}
