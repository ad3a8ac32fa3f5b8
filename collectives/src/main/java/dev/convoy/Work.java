/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An operation under way.
 *
 * <p>Work objects are recycled, so that a collective allocates nothing: one stands for its operation until its
 * communicator has been given {@value WorkRing#CAPACITY} more, and for a later one afterwards. Since a communicator
 * does its work in order, an old object may be done later than its operation, never sooner.
 *
 * <p>Used by the thread that drives the communicator; {@link #completion()} is how others learn of its end. An
 * interruption does not end a wait, see {@link Communicator#revoke(String)}.
 */
public final class Work extends Awaitable {
    private final NativeCommunicator communicator;
    private Event end;
    private Operation operation;
    private long sequence;
    private Stream stream;
    private State state = State.WAITING;

    private enum State {
        /** Its group is still open. */
        WAITING,
        /** The event marks its end. */
        RUNNING,
        /** Known to be done. */
        DONE,
        /** Recorded in a graph, and never done by itself. */
        CAPTURED
    }

    Work(NativeCommunicator communicator) {
        this.communicator = communicator;
    }

    /** Of an operation that a graph records. */
    static Work captured(NativeCommunicator communicator, Operation operation, long sequence, Stream stream) {
        Work work = new Work(communicator);
        work.prepare(operation, sequence, stream);
        work.state = State.CAPTURED;
        return work;
    }

    /**
     * What is being done.
     *
     * @return the operation
     */
    public Operation operation() {
        return operation;
    }

    /**
     * Its number in its communicator.
     *
     * @return 1 for the first
     */
    public long sequence() {
        return sequence;
    }

    /**
     * Tells whether it is done, without waiting.
     *
     * @return whether its result can be read
     * @throws CommunicatorException if the communicator is lost
     */
    public boolean isDone() {
        requireStarted();
        return communicator.isDone(this);
    }

    /**
     * Waits until it is done, for at most the communicator's deadline.
     *
     * @throws RemoteRankException if a rank was lost
     * @throws CollectiveTimeoutException if it takes longer
     * @throws CommunicatorException if the communicator is lost in another way
     * @throws InvalidUsageException if the ranks did not make the same call
     */
    public void await() {
        await(communicator.options().deadline());
    }

    /**
     * Waits until it is done.
     *
     * @param deadline the bound
     * @throws RemoteRankException if a rank was lost
     * @throws CollectiveTimeoutException if it takes longer
     * @throws CommunicatorException if the communicator is lost in another way
     * @throws InvalidUsageException if the ranks did not make the same call
     */
    public void await(Duration deadline) {
        requireStarted();
        communicator.await(this, deadline);
    }

    /**
     * A stage that completes when this is done, or exceptionally as {@link #await()} would, within the communicator's
     * deadline. It is completed by a thread that serves all communicators: what it triggers must be short.
     *
     * @return the stage
     */
    public CompletionStage<Void> completion() {
        requireStarted();
        return state == State.DONE
                ? CompletableFuture.completedStage(null)
                : CompletionPoller.instance().watch(communicator, end, operation, sequence);
    }

    /** For the thread inside the communicator: whether it is known or found to be done. */
    boolean hasEnded() {
        if (state == State.RUNNING && end.isDone()) {
            state = State.DONE;
        }
        return state == State.DONE;
    }

    /** For the thread inside the communicator: waits a little, and tells whether it is done. */
    @Override
    boolean holdsSoon(int round) {
        if (state == State.RUNNING && end.reached().holdsSoon(round)) {
            state = State.DONE;
        }
        return state == State.DONE;
    }

    Stream stream() {
        return stream;
    }

    NativeCommunicator communicator() {
        return communicator;
    }

    void prepare(Operation newOperation, long newSequence, Stream newStream) {
        operation = newOperation;
        sequence = newSequence;
        stream = newStream;
        state = State.WAITING;
    }

    /**
     * Marks its end in the stream, so that what comes later is not waited for; the library has the operation. The host
     * runtime has often done it by now: then asking is much cheaper than an event, and the result is true.
     */
    boolean start() {
        if (communicator.worksInline() && stream.isIdle()) {
            state = State.DONE;
            return true;
        }
        if (end == null) {
            end = communicator.device().workEvents().take();
        }
        end.record(stream);
        state = State.RUNNING;
        return false;
    }

    /** Gives back what it used, once its communicator has ended; it may have been closed before. */
    void close() {
        if (end != null) {
            communicator.device().workEvents().give(end);
            end = null;
        }
    }

    boolean isCaptured() {
        return state == State.CAPTURED;
    }

    private void requireStarted() {
        if (state == State.CAPTURED) {
            throw new IllegalStateException(this + " is recorded in a graph: await the work of the graph's launch");
        }
        if (state == State.WAITING) {
            throw new IllegalStateException(this + " has not started: close its group first, if that was not refused");
        }
    }

    @Override
    public String toString() {
        return "Work[" + operation + " " + sequence + "]";
    }
}
