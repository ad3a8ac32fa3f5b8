/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;
import dev.convoy.bindings.NcclWaitSignals;
import java.lang.foreign.Arena;

/**
 * A buffer of every rank that all others may write to, without the owner taking part.
 *
 * <pre>{@code
 * try (Window window = Window.of(communicator, buffer)) {
 *     if (communicator.rank() == 0) {
 *         window.put(buffer.slice(0, n), 1, n, stream).await();   // rank 0's first n elements
 *     } else {
 *         window.waitSignal(0, 1, stream).await();                // are in rank 1's buffer from n on
 *     }
 * }
 * }</pre>
 *
 * <p>A put is followed by a signal, by which the owner learns that the elements are there. Signals are counted for each
 * pair of ranks of a communicator, over all its windows; each one is awaited once.
 *
 * <p>Used by the thread that drives the communicator; each call is an operation of this rank alone, and returns its
 * {@link Work}. A window is closed before its buffer, which refuses to be closed earlier, on all ranks, when nothing is
 * under way to it; the end of the communicator ends it, too.
 */
public final class Window implements AutoCloseable {
    private static final int SYMMETRIC = 1;

    private final Communicator communicator;
    private final NativeCommunicator inner;
    private final Nccl nccl;
    private final LibraryObject window;
    private final DeviceBuffer buffer;

    /** One is enough: the library copies it within the call. */
    private final NcclWaitSignals awaited = NcclWaitSignals.allocate(Arena.ofAuto(), 1);

    private Window(Communicator communicator, LibraryObject window, DeviceBuffer buffer) {
        this.communicator = communicator;
        this.inner = communicator.communicator();
        this.nccl = inner.device().natives().nccl();
        this.window = window;
        this.buffer = buffer;
    }

    /**
     * Registers a window. All ranks do, in the same order, each in a thread of its own; returns once the library has
     * it.
     *
     * @param communicator whose ranks take part
     * @param buffer this rank's memory, or a slice of it; as large on all ranks, and for NCCL memory of
     *     {@link Device#allocateShareable(DataType, long)}
     * @return the window, to be closed
     * @throws CollectiveTimeoutException if it is not there within {@link CommunicatorOptions#initDeadline()}
     * @throws CommunicatorException if the communicator is lost or closed
     * @throws IllegalArgumentException if the buffer is empty, of another device, or memory that cannot be shared
     * @throws IllegalStateException in an open group
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#WINDOWS}
     */
    public static Window of(Communicator communicator, DeviceBuffer buffer) {
        communicator.arguments().supported(Capability.WINDOWS);
        communicator.arguments().noGroup(Operation.WINDOW);
        long address = communicator.arguments().addressOfSome(buffer);
        LibraryObject made = LibraryObject.make(
                communicator.communicator(),
                Operation.WINDOW,
                (nccl, comm, out) -> nccl.commWindowRegister(comm, address, buffer.bytes(), out, SYMMETRIC));
        Window window = new Window(communicator, made, buffer);
        if (made.handle(window) == 0) {
            throw new IllegalArgumentException("the library cannot share " + buffer
                    + " with the other ranks: allocate it with Device.allocateShareable");
        }
        buffer.usedBy(made);
        return window;
    }

    /**
     * This rank's memory.
     *
     * @return the buffer
     */
    public DeviceBuffer buffer() {
        return buffer;
    }

    /**
     * Writes elements into another rank's buffer, then signals that rank once.
     *
     * @param source the elements, of the window's type; in the buffer of a window of this communicator
     * @param peer whose buffer is written; may be this rank
     * @param offset index of the first element that is written there
     * @param stream the order in which it is done
     * @return the work; once done, the source may be changed
     * @throws CommunicatorException if the communicator is lost or closed
     * @throws IllegalArgumentException if the types differ, or the elements do not fit the window
     * @throws IllegalStateException if the window or the buffer is closed
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#ONE_SIDED}
     */
    public Work put(DeviceBuffer source, int peer, long offset, Stream stream) {
        Arguments arguments = check(peer);
        Arguments.sameType(source, buffer);
        if (offset < 0 || source.count() > buffer.count() || offset > buffer.count() - source.count()) {
            throw new IllegalArgumentException(
                    source.count() + " elements from " + offset + " on do not lie in a window of " + buffer.count());
        }
        long from = arguments.address(source);
        long bytes = offset * source.type().bytes();
        long queue = arguments.stream(stream);
        long handle = window.handle(this);
        long sequence = communicator.begin(Operation.PUT, source.count(), source.type());
        try {
            int type = source.type().code();
            int status =
                    nccl.putSignal(from, source.count(), type, peer, handle, bytes, 0, 0, 0, inner.handle(), queue);
            return inner.issued(Operation.PUT, sequence, status, stream);
        } finally {
            inner.leave();
        }
    }

    /**
     * Signals another rank, after everything that was put there before on the same stream.
     *
     * @param peer who is signalled; may be this rank
     * @param stream the order in which it is done
     * @return the work
     * @throws CommunicatorException if the communicator is lost or closed
     * @throws IllegalStateException if the window is closed
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#ONE_SIDED}
     */
    public Work signal(int peer, Stream stream) {
        Arguments arguments = check(peer);
        long queue = arguments.stream(stream);
        long sequence = communicator.begin(Operation.SIGNAL, 0, null);
        try {
            int status = nccl.signal(peer, 0, 0, 0, inner.handle(), queue);
            return inner.issued(Operation.SIGNAL, sequence, status, stream);
        } finally {
            inner.leave();
        }
    }

    /**
     * Makes a stream wait for signals of another rank. What was put before them is in this rank's buffer then.
     *
     * @param peer whose signals
     * @param signals how many, of those that were not awaited before
     * @param stream what comes later on it waits
     * @return the work, which is done when they have come
     * @throws CommunicatorException if the communicator is lost or closed
     * @throws IllegalArgumentException if the number is not positive
     * @throws IllegalStateException if the window is closed
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#ONE_SIDED}
     */
    public Work waitSignal(int peer, int signals, Stream stream) {
        Arguments arguments = check(peer);
        if (signals <= 0) {
            throw new IllegalArgumentException("a wait for " + signals + " signals; at least 1 is needed");
        }
        long queue = arguments.stream(stream);
        long sequence = communicator.begin(Operation.WAIT_SIGNAL, 0, null);
        try {
            awaited.set(0, signals, peer, 0, 0);
            int status = nccl.waitSignal(1, awaited.address(), inner.handle(), queue);
            return inner.issued(Operation.WAIT_SIGNAL, sequence, status, stream);
        } finally {
            inner.leave();
        }
    }

    private Arguments check(int peer) {
        Arguments arguments = communicator.arguments();
        arguments.supported(Capability.ONE_SIDED);
        arguments.rank(peer, "peer");
        window.handle(this);
        buffer.address();
        return arguments;
    }

    /**
     * Ends the window. Later calls do nothing.
     *
     * @throws IllegalStateException if another thread is inside the communicator
     */
    @Override
    public void close() {
        window.free(Operation.WINDOW, (nccl, comm, handle) -> nccl.commWindowDeregister(comm, handle));
    }

    @Override
    public String toString() {
        return "Window[" + buffer + "]";
    }
}
