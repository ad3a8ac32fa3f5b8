/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.store;

import java.time.Duration;
import java.util.Optional;

/**
 * One job's part of a store that survives its agents. At most one agent leads at any time; whoever leads next has a
 * higher term. Every call has a bound, after which it throws {@link StoreException}. Thread-safe.
 */
public interface JobStore extends AutoCloseable {
    /**
     * Tries to lead: waits until nobody else does.
     *
     * @param card what the others need to find this agent; they read it as {@link Leader#card()}
     * @param atMost how long to wait; zero to try once
     * @return empty if somebody else still leads
     * @throws StoreException if the store cannot be reached
     * @throws InterruptedException if interrupted meanwhile
     */
    Optional<Leadership> campaign(byte[] card, Duration atMost) throws StoreException, InterruptedException;

    /**
     * Who leads at the moment.
     *
     * @return empty if nobody does
     * @throws StoreException if the store cannot be reached
     * @throws InterruptedException if interrupted meanwhile
     */
    Optional<Leader> leader() throws StoreException, InterruptedException;

    /**
     * What a leader wrote last, in whatever term.
     *
     * @param key as it was written
     * @return empty if nothing was, or the job was concluded
     * @throws StoreException if the store cannot be reached
     * @throws InterruptedException if interrupted meanwhile
     */
    Optional<byte[]> read(String key) throws StoreException, InterruptedException;

    /**
     * What the last leader left when it concluded the job.
     *
     * @return empty if the job was not concluded within the last {@link Leadership#EPITAPH_KEPT}
     * @throws StoreException if the store cannot be reached
     * @throws InterruptedException if interrupted meanwhile
     */
    Optional<byte[]> epitaph() throws StoreException, InterruptedException;

    /** Lets go of the connection. A leadership that was not resigned ends when its lease runs out. Idempotent. */
    @Override
    void close();
}
