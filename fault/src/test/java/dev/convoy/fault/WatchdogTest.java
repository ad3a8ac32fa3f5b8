/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import dev.convoy.fault.detect.FlightRecorder;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.RankMessage;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rank's own thread has enqueued an operation that another rank does not come to, and does not look any more. */
@Timeout(60)
class WatchdogTest {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
    private final List<Communicator> ranks = Communicator.initAll(
            Collections.nCopies(2, device),
            CommunicatorOptions.defaults().withDeadline(BOUND).withInitDeadline(BOUND));
    private final Communicator stuck = ranks.getFirst();
    private final Stream stream = device.newStream();
    private final DeviceBuffer buffer = device.allocate(DataType.INT32, 1);
    private final RankStatus status = new RankStatus();
    private final List<RankMessage> sent = new CopyOnWriteArrayList<>();
    private boolean failsToSay;
    private final RankControl control =
            new RankControl(status, this::say, (_, reason) -> sent.add(new RankMessage.Warning(reason)), BOUND);
    private final Suspicions suspicions = new Suspicions(control, status, new FlightRecorder(), OnDivergence.END);
    private final Watchdog watchdog = new Watchdog(control, status, suspicions, new StepDeadline(Duration.ZERO, false));

    private void say(RankMessage message) {
        if (failsToSay && message instanceof RankMessage.Suspect) {
            throw new IllegalStateException("it is said to nobody");
        }
        sent.add(message);
    }

    @BeforeEach
    void getStuck() {
        status.enterEpoch(1, stuck);
        stuck.allReduce(buffer, ReduceOp.SUM, stream);
    }

    @AfterEach
    void free() {
        watchdog.close();
        Communicator.abortAll(ranks);
        buffer.close();
        stream.close();
    }

    @Test
    void itReportsWhatIsStuckAndAbortsWhatIsRevoked() {
        watchdog.start();
        await().until(() -> sent.stream().anyMatch(RankMessage.Suspect.class::isInstance));
        assertThat(stuck.isQuiet()).isFalse();
        control.receive(new CoordinatorMessage.Revoke(2, "the test wants it", false));
        await().until(stuck::isQuiet);
    }

    @Test
    void itOutlivesALookThatFails() {
        failsToSay = true;
        watchdog.start();
        await().until(() -> !sent.isEmpty());
        assertThat(sent.getFirst().toString()).contains("its watchdog could not look", "it is said to nobody");
        control.receive(new CoordinatorMessage.Revoke(2, "the test wants it", false));
        await().until(stuck::isQuiet);
    }
}
