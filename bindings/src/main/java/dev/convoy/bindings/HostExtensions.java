/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/**
 * What the host runtime offers beyond NCCL and CUDA: bounded waits, and who failed. All may be called from any thread
 * while the object they are about exists.
 */
public interface HostExtensions extends NativeLibrary {
    /**
     * Names the version of the host runtime.
     *
     * @return the text
     */
    String hostVersion();

    /**
     * Waits for a stream, bounded; returns early when a communicator with work on it has failed.
     *
     * @param stream the stream
     * @param maxNanos bound of the wait in nanoseconds
     * @return a status of the library that owns the object: {@code cudaError_t} or {@code ncclResult_t}
     */
    int streamWait(long stream, long maxNanos);

    /**
     * Tells where a stream's counters lie: two {@code uint64_t}, of the tasks that it was given and of those that are
     * done. It is drained where the second is at least what the first was before; both are to be read with acquire
     * order, and are about this stream until it is destroyed.
     *
     * @param stream the stream
     * @param out address of a pointer that receives the first counter's address
     * @return a {@code cudaError_t}
     */
    int streamCounters(long stream, long out);

    /**
     * Waits for an event, bounded; returns early when a communicator that it waits for has failed.
     *
     * @param event the event
     * @param maxNanos bound of the wait in nanoseconds
     * @return a status of the library that owns the object: {@code cudaError_t} or {@code ncclResult_t}
     */
    int eventWait(long event, long maxNanos);

    /**
     * Tells which ranks were seen to die.
     *
     * @param comm the communicator
     * @param failed address of an {@code int} array that receives the ranks
     * @param capacity length of the array
     * @param countOut address of an {@code int} that receives the number
     * @return a status of the library that owns the object: {@code cudaError_t} or {@code ncclResult_t}
     */
    int commFailedRanks(long comm, long failed, int capacity, long countOut);

    /**
     * Waits for the end of a non-blocking initialisation, finalisation or shrink, bounded.
     *
     * @param comm the communicator
     * @param maxNanos bound of the wait in nanoseconds
     * @return a status of the library that owns the object: {@code cudaError_t} or {@code ncclResult_t}
     */
    int commWaitReady(long comm, long maxNanos);

    /**
     * Reads how many operations were enqueued and completed.
     *
     * @param comm the communicator
     * @param enqueued address of a {@code uint64_t}
     * @param completed address of a {@code uint64_t}
     * @return a status of the library that owns the object: {@code cudaError_t} or {@code ncclResult_t}
     */
    int commProgress(long comm, long enqueued, long completed);

    /**
     * Enqueues a kernel on a stream.
     *
     * @param kernel its number in {@code enum convoyKernel}
     * @param arguments address of its structure, which is copied
     * @param bytes size of the structure
     * @param stream the stream
     * @return a {@code cudaError_t}
     */
    int kernelLaunch(int kernel, long arguments, long bytes, long stream);

    /**
     * Copies memory of this process in the calling thread, past the caches, and checksums it on the way.
     *
     * @param to where to; 0 only checksums
     * @param from where from; apart from {@code to}
     * @param bytes how much
     * @param checksum address of a {@code uint32_t} that receives the CRC32C
     * @return a {@code cudaError_t}; {@code cudaErrorNotSupported} on a CPU without instructions for it
     */
    int copyChecksum(long to, long from, long bytes, long checksum);

    /**
     * Receives as {@code ncclRecv} does, and stores the CRC32C of what was received before that is complete.
     *
     * @param buffer receives the data
     * @param count elements
     * @param type their type
     * @param peer who sends them
     * @param checksum a {@code uint32_t} in device or pinned memory
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int recvChecksum(long buffer, long count, int type, int peer, long checksum, long comm, long stream);
}
