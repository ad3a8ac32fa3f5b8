/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/**
 * Is told of every operation before it is enqueued: for flight recorders and for faults injected on purpose.
 *
 * <p>Called in the thread that drives the communicator, once its arguments were found good, and before anything native
 * happens. What it throws goes to the caller, and the operation is not enqueued.
 */
@FunctionalInterface
public interface OperationObserver {
    /**
     * An operation is about to be enqueued.
     *
     * @param operation what it is
     * @param sequence its number in its communicator, beginning with 1; used again if the library refuses it
     * @param count elements that this rank gives to each rank or receives from each: where all ranks must pass the same
     *     count, that one; for parts of varying size, all that it sends; 0 for signals and graphs
     * @param type their type; null for signals and graphs
     */
    void beforeEnqueue(Operation operation, long sequence, long count, DataType type);
}
