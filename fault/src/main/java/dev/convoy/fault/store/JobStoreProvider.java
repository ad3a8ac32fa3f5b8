/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.store;

import java.net.URI;
import java.time.Duration;

/** Opens stores of one kind. A provider of {@link java.util.ServiceLoader}. */
public interface JobStoreProvider {
    /**
     * The kind.
     *
     * @return scheme of the addresses that it takes, in lower case, such as {@code etcd}
     */
    String scheme();

    /**
     * Opens one job's part of a store, and makes sure that the store answers.
     *
     * @param address where the store is
     * @param job names the job among others of the same store; all its agents give the same name
     * @param lease how long a leader keeps its leadership without renewing it; a store may lengthen it
     * @return open store
     * @throws StoreException if it cannot be reached
     * @throws IllegalArgumentException if the address is malformed; the message says what would be right
     * @throws InterruptedException if interrupted meanwhile
     */
    JobStore open(URI address, String job, Duration lease) throws StoreException, InterruptedException;
}
