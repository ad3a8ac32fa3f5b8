/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.Version;
import org.junit.jupiter.api.Test;

class LastReportsTest {
    private final LastReports reports = new LastReports();

    private void say(RankMessage... messages) {
        for (RankMessage message : messages) {
            reports.said(message);
        }
    }

    @Test
    void onlyWhatBelongsToThePresentEpochIsRepeated() {
        say(new RankMessage.Rebuilt(1, 10), new RankMessage.Restored(1, 11), new RankMessage.Heartbeat(1, 2, 3, 4));
        assertThat(reports.all()).containsExactly(new RankMessage.Rebuilt(1, 10), new RankMessage.Restored(1, 11));
        say(new RankMessage.Rebuilt(2, 20), new RankMessage.Resumed(1, 12), new RankMessage.Completed(2));
        assertThat(reports.all()).containsExactly(new RankMessage.Rebuilt(2, 20), new RankMessage.Completed(2));
    }

    @Test
    void faultIsRepeatedUntilItIsOnRecord() {
        RankMessage fault = new RankMessage.FaultFired("kill:1@5", 7);
        say(fault);
        assertThat(reports.all()).containsExactly(fault);
        reports.recorded(new CoordinatorMessage.FaultRecorded("kill:1@5"));
        assertThat(reports.all()).isEmpty();
    }

    @Test
    void wishToLeaveOutlivesTheEpoch() {
        RankMessage wish = new RankMessage.Leaving(1);
        say(wish, new RankMessage.Rebuilt(2, 20));
        assertThat(reports.all()).containsExactly(new RankMessage.Rebuilt(2, 20), wish);
    }

    @Test
    void memoryIsBounded() {
        for (int i = 0; i < 1_000; i++) {
            say(
                    new RankMessage.DurablePart(new Version(1, i), "part", 1, "beef", true),
                    new RankMessage.FaultFired("kill:1@" + i, 7),
                    new RankMessage.Resumed(1, i));
        }
        assertThat(reports.all())
                .hasSizeLessThan(100)
                .contains(new RankMessage.DurablePart(new Version(1, 999), "part", 1, "beef", true));
    }
}
