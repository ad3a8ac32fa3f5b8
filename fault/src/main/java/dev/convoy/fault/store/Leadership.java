/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.store;

import java.time.Duration;

/**
 * An election that was won. A lease stands behind it, which is renewed until {@link #resign} or {@link #conclude}, by
 * threads of the store's; a process that does not run, or is cut off, loses it. Thread-safe.
 */
public interface Leadership {
    /** For how long an epitaph can be read. */
    Duration EPITAPH_KEPT = Duration.ofMinutes(1);

    /**
     * The fencing token: greater than that of any leadership before.
     *
     * @return more than 0
     */
    long term();

    /**
     * Until when nobody else can have been elected, unless somebody took this leadership away in the store itself. It
     * is counted from when the renewal was <em>sent</em> that was answered last.
     *
     * @return on the clock of {@link System#nanoTime}
     */
    long validUntilNs();

    /**
     * Writes a value in one transaction that also proves that this leadership is the present one.
     *
     * @param key short and printable
     * @param value at most 1 MiB
     * @return false if it is not, and nothing was written
     * @throws StoreException if it is not known whether it was written
     * @throws InterruptedException if interrupted meanwhile; it is not known then either
     */
    boolean write(String key, byte[] value) throws StoreException, InterruptedException;

    /**
     * Whether this leadership has ended for certain: another one was elected, the store said that the lease is gone, or
     * {@link #validUntilNs} has passed. It never comes back.
     *
     * @return true from then on
     */
    boolean isLost();

    /** Lets another one be elected at once; what was written stays. Idempotent; bounded; does not fail. */
    void resign();

    /**
     * The job is over: in one transaction removes everything that was written for it, leaves an epitaph for
     * {@link #EPITAPH_KEPT}, and resigns.
     *
     * @param epitaph for agents that have not heard of it otherwise
     * @return false if this leadership was not the present one any more, and nothing was changed
     * @throws StoreException if it is not known whether that was done
     * @throws InterruptedException if interrupted meanwhile
     */
    boolean conclude(byte[] epitaph) throws StoreException, InterruptedException;
}
