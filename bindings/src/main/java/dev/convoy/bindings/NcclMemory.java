/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** NCCL's functions about registered memory, windows and what one rank does to the window of another. */
public interface NcclMemory extends NativeLibrary {
    /**
     * Registers a buffer.
     *
     * @param comm the communicator
     * @param address address of the memory
     * @param bytes size in bytes
     * @param handleOut address that receives the handle
     * @return an {@code ncclResult_t}
     */
    int commRegister(long comm, long address, long bytes, long handleOut);

    /**
     * Ends a registration.
     *
     * @param comm the communicator
     * @param handle handle of the registration
     * @return an {@code ncclResult_t}
     */
    int commDeregister(long comm, long handle);

    /**
     * Allocates device memory that suits registration.
     *
     * @param pointer address of a {@code void*} that receives the address
     * @param bytes size in bytes
     * @return an {@code ncclResult_t}
     */
    int memAlloc(long pointer, long bytes);

    /**
     * Frees memory of {@code ncclMemAlloc}.
     *
     * @param address address of the memory
     * @return an {@code ncclResult_t}
     */
    int memFree(long address);

    /**
     * Registers a window, collectively.
     *
     * @param comm the communicator
     * @param address address of the memory
     * @param bytes size in bytes
     * @param windowOut address that receives the window
     * @param flags flags
     * @return an {@code ncclResult_t}
     */
    int commWindowRegister(long comm, long address, long bytes, long windowOut, int flags);

    /**
     * Ends a window.
     *
     * @param comm the communicator
     * @param window the window
     * @return an {@code ncclResult_t}
     */
    int commWindowDeregister(long comm, long window);

    /**
     * Reads where the memory of a window begins.
     *
     * @param comm the communicator
     * @param window the window
     * @param pointer address of a {@code void*} that receives the address
     * @return an {@code ncclResult_t}
     */
    int winGetUserPtr(long comm, long window, long pointer);

    /**
     * Writes into the window of another rank, then signals it; the other rank takes no part.
     *
     * @param local address of the data to write
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param peer rank to write to
     * @param window window in which the peer registered its memory
     * @param offset offset into it in bytes
     * @param signal index of the signal
     * @param context index of the context
     * @param flags 0
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int putSignal(
            long local,
            long count,
            int dataType,
            int peer,
            long window,
            long offset,
            int signal,
            int context,
            int flags,
            long comm,
            long stream);

    /**
     * Signals another rank without writing anything.
     *
     * @param peer rank to signal
     * @param signal index of the signal
     * @param context index of the context
     * @param flags 0
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int signal(int peer, int signal, int context, int flags, long comm, long stream);

    /**
     * Makes the stream wait for signals of other ranks.
     *
     * @param count number of descriptors
     * @param descriptors address of the array of {@code ncclWaitSignalDesc_t}: how many signals of which rank, on which
     *     index and context
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int waitSignal(int count, long descriptors, long comm, long stream);
}
