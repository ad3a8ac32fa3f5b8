/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events that outlive their communicator: nobody looks at one for its former owner, and none has two owners. */
@Timeout(60)
class EventPoolTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Instrumented host = Instrumented.host();
    private final Device device = host.device();
    private final DeviceBuffer buffer = device.allocate(DataType.INT32, 1);
    private final List<Communicator> formed = new ArrayList<>();
    private final List<Stream> streams = new ArrayList<>();

    @AfterEach
    void end() {
        Communicator.abortAll(formed);
        streams.forEach(Stream::close);
        buffer.close();
    }

    /** Rank 0 of two, whose rank 1 comes only if the test has it come. */
    private Communicator half() {
        List<Communicator> ranks = Communicator.initAll(Collections.nCopies(2, device), Ranks.OPTIONS);
        formed.addAll(ranks);
        return ranks.getFirst();
    }

    private Stream stream() {
        Stream stream = device.newStream();
        streams.add(stream);
        return stream;
    }

    private Work pending(Communicator communicator) {
        return communicator.allReduce(buffer, ReduceOp.SUM, stream());
    }

    private long lastRecorded() {
        return (long) host.callsOf("eventRecord").getLast().arguments().getFirst();
    }

    @Test
    void workThatWasKeptDoesNotSeeTheNextOwnersEnd() {
        Communicator first = half();
        Work kept = pending(first);
        long event = lastRecorded();
        first.abort();
        Communicator second = half();
        Work next = pending(second);
        assertThat(lastRecorded()).as("the event that was given back").isEqualTo(event);
        Communicator peer = formed.getLast();
        try (DeviceBuffer other = device.allocate(DataType.INT32, 1)) {
            peer.allReduce(other, ReduceOp.SUM, stream()).await();
            next.await();
        }
        host.forget();
        assertThatExceptionOfType(CommunicatorClosedException.class).isThrownBy(kept::isDone);
        assertThatExceptionOfType(CommunicatorClosedException.class).isThrownBy(kept::await);
        assertThat(kept.completion())
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(CommunicatorClosedException.class);
        assertThat(host.functions()).doesNotContain("eventQuery", "eventWait");
    }

    @Test
    void quietIsAskedOfTheOwnerOnly() {
        Communicator first = half();
        pending(first);
        first.abort();
        Communicator second = half();
        pending(second);
        assertThat(second.isQuiet()).as("rank 1 has not come").isFalse();
        host.forget();
        assertThat(first.isQuiet()).isTrue();
        assertThat(host.functions()).doesNotContain("eventQuery", "eventWait");
    }

    @Test
    void eventHasOneOwner() {
        Communicator first = half();
        pending(first);
        first.abort();
        first.abort();
        first.close();
        Communicator.abortAll(List.of(first, first));
        pending(half());
        long event = lastRecorded();
        pending(half());
        assertThat(lastRecorded()).isNotEqualTo(event);
    }

    @Test
    void noneIsMadeWhereOneWasGivenBack() {
        for (int generation = 0; generation < 3; generation++) {
            Communicator communicator = half();
            pending(communicator);
            pending(communicator);
            communicator.abort();
        }
        assertThat(host.callsOf("eventCreateWithFlags")).hasSize(2);
        assertThat(host.functions()).doesNotContain("eventDestroy");
    }

    @Test
    void whatAnAbortDidNotEndIsNotGivenBack() {
        Instrumented cuda = Instrumented.cuda();
        List<Communicator> ranks = Communicator.initAll(
                Collections.nCopies(2, cuda.device()), Ranks.OPTIONS.withInitDeadline(Duration.ofMillis(200)));
        try (Stream stream = cuda.device().newStream();
                DeviceBuffer mine = cuda.device().allocate(DataType.INT32, 1)) {
            ranks.getFirst().allReduce(mine, ReduceOp.SUM, stream);
            Stuck stuck = new Stuck();
            cuda.answer("commAbort", stuck);
            assertThatExceptionOfType(DeviceTimeoutException.class).isThrownBy(ranks.getFirst()::abort);
            cuda.answerAsTheLibrary("commAbort");
            Event event = cuda.device().workEvents().take();
            assertThat(cuda.callsOf("eventCreateWithFlags")).as("made anew").hasSize(2);
            event.close();
            stuck.letGo();
            Awaiting.until(ranks.getFirst()::isQuiet);
        } finally {
            ranks.getLast().abort();
        }
    }
}
