/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.DataType;
import dev.convoy.Operation;
import dev.convoy.fault.detect.FlightRecorder;
import dev.convoy.fault.inject.FaultInjector;
import dev.convoy.fault.protocol.FaultSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankStatusTest {
    private final RankStatus status = new RankStatus();

    @Test
    void onlyWhatEveryRankMakesIsCompared() {
        OperationTap tap = tap(new FaultInjector(0, List.of(), new Recording()));
        status.enterEpoch(2, null);
        tap.beforeEnqueue(Operation.ALL_GATHER, 1, 1, DataType.FLOAT32);
        tap.beforeEnqueue(Operation.SEND, 2, 1, DataType.FLOAT32);
        tap.beforeEnqueue(Operation.RECV, 3, 1, DataType.FLOAT32);
        tap.beforeEnqueue(Operation.ALL_REDUCE, 4, 1, DataType.FLOAT32);

        assertThat(status.probed().enqueued()).isEqualTo(2);
        assertThat(status.heartbeat().enqueued()).isEqualTo(2);
    }

    @Test
    void aNewEpochCountsAnew() {
        status.enqueues(Operation.ALL_REDUCE);
        status.enterEpoch(3, null);

        assertThat(status.enqueued()).isZero();
    }

    @Test
    void whoIsHeldUpBeforeAnOperationHasNotEnqueuedIt() {
        Recording effects = new Recording();
        OperationTap tap = tap(new FaultInjector(0, FaultSpec.parseList("slow:0@0:50"), effects));
        tap.stepBegins();
        tap.beforeEnqueue(Operation.ALL_REDUCE, 1, 1, DataType.FLOAT32);

        assertThat(effects.enqueuedWhileAsleep).containsExactly(0L);
        assertThat(status.enqueued()).isEqualTo(1);
    }

    private OperationTap tap(FaultInjector injector) {
        RankControl control = new RankControl(status, message -> {}, (exit, reason) -> {}, Duration.ofSeconds(10));
        return new OperationTap(
                new FlightRecorder(),
                injector,
                new StragglerWatch(1),
                new StepDeadline(Duration.ofSeconds(1), false),
                control,
                status);
    }

    private final class Recording implements FaultInjector.Effects {
        private final List<Long> enqueuedWhileAsleep = new ArrayList<>();

        @Override
        public void record(FaultSpec fault, long atNs) {}

        @Override
        public void fires(FaultSpec fault, long atNs) {}

        @Override
        public void raise(int signal) {}

        @Override
        public void sleep(long millis) {
            enqueuedWhileAsleep.add(status.enqueued());
        }

        @Override
        public void fail(FaultSpec fault) {}

        @Override
        public void corrupt() {}
    }
}
