/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/**
 * A buffer that a communicator knows beforehand: collectives on it spare the library a copy where it can do without. It
 * changes no result, and the host runtime needs none.
 *
 * <p>Used by the thread that drives the communicator. It is closed before the buffer, which refuses to be closed
 * earlier; the end of the communicator ends it, too.
 */
public final class Registration implements AutoCloseable {
    private final LibraryObject registration;
    private final DeviceBuffer buffer;

    private Registration(LibraryObject registration, DeviceBuffer buffer) {
        this.registration = registration;
        this.buffer = buffer;
    }

    /**
     * Registers a buffer. Each rank does so by itself.
     *
     * @param communicator whose operations use the buffer
     * @param buffer the buffer, or a slice; best of {@link Device#allocateShareable(DataType, long)}
     * @return the registration, to be closed
     * @throws CommunicatorException if the communicator is lost or closed
     * @throws IllegalArgumentException if the buffer is empty, or of another device
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#REGISTRATION}
     */
    public static Registration of(Communicator communicator, DeviceBuffer buffer) {
        communicator.arguments().supported(Capability.REGISTRATION);
        long address = communicator.arguments().addressOfSome(buffer);
        LibraryObject made = LibraryObject.make(
                communicator.communicator(),
                Operation.REGISTER,
                (nccl, comm, out) -> nccl.commRegister(comm, address, buffer.bytes(), out));
        buffer.usedBy(made);
        return new Registration(made, buffer);
    }

    /**
     * What is registered.
     *
     * @return the buffer
     */
    public DeviceBuffer buffer() {
        return buffer;
    }

    /**
     * Ends the registration; no operation on the buffer may be under way. Later calls do nothing.
     *
     * @throws IllegalStateException if another thread is inside the communicator
     */
    @Override
    public void close() {
        registration.free(Operation.REGISTER, (nccl, comm, handle) -> nccl.commDeregister(comm, handle));
    }

    @Override
    public String toString() {
        return "Registration[" + buffer + "]";
    }
}
