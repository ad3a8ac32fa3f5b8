/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.MemberId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private static final long LONGER_THAN_BETWEEN_TICKS_MS = 15;

    private final EventQueue queue = new EventQueue();

    @Test
    void whoeverTakesLongForATickStillHearsTheRanks() throws InterruptedException {
        List<Integer> heard = new ArrayList<>();
        int ticks = 0;
        for (int rank = 0; rank < 3; rank++) {
            MemberId member = new MemberId(rank, 0);
            queue.post(now -> new CoordinatorEvent.Disconnected(now, member));
        }
        for (int i = 0; i < 6; i++) {
            Thread.sleep(LONGER_THAN_BETWEEN_TICKS_MS);
            switch (queue.take()) {
                case CoordinatorEvent.Disconnected event ->
                    heard.add(event.member().launchRank());
                case CoordinatorEvent.Tick _ -> ticks++;
                default -> throw new AssertionError("nobody posted that");
            }
        }
        assertThat(heard).containsExactly(0, 1, 2);
        assertThat(ticks).isEqualTo(3);
    }

    @Test
    void timeNeverGoesBack() throws InterruptedException {
        queue.post(CoordinatorEvent.Tick::new);
        long now = queue.now();
        for (int i = 0; i < 3; i++) {
            CoordinatorEvent next = queue.take();
            assertThat(next.nowNs()).isGreaterThanOrEqualTo(now);
            now = next.nowNs();
        }
    }
}
