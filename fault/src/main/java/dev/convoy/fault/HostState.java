/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import java.nio.ByteBuffer;

/**
 * State on the Java heap that is equal on every rank and part of every snapshot: counters, a sampler's cursor, the
 * {@link SampleLedger}. Whatever a step changes and the next one reads belongs into a declared state, or a recovery
 * loses it.
 *
 * <p>Called by the thread that is in {@link ElasticGroup#run}, never by two threads at once.
 */
public interface HostState {
    /**
     * Upper bound of what {@link #save} writes. Asked once, when the state is declared.
     *
     * @return bytes, not negative
     */
    long maxBytes();

    /**
     * Writes the state at {@code to}'s position. Every rank must write the same bytes.
     *
     * @param to big-endian, with {@link #maxBytes} bytes remaining
     */
    void save(ByteBuffer to);

    /**
     * Replaces the state by one that {@link #save} wrote, on this rank or another.
     *
     * @param from big-endian, with exactly the saved bytes remaining
     */
    void load(ByteBuffer from);
}
