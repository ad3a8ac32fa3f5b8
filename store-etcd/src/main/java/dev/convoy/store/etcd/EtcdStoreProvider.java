/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import dev.convoy.fault.store.JobStore;
import dev.convoy.fault.store.JobStoreProvider;
import dev.convoy.fault.store.StoreException;
import java.net.URI;
import java.time.Duration;

/** Opens {@code etcd://HOST:PORT[,HOST:PORT…]}: the members of one etcd cluster. */
public final class EtcdStoreProvider implements JobStoreProvider {
    /** Created by {@link java.util.ServiceLoader}. */
    public EtcdStoreProvider() {}

    @Override
    public String scheme() {
        return "etcd";
    }

    @Override
    public JobStore open(URI address, String job, Duration lease) throws StoreException, InterruptedException {
        EtcdConnection connection = new EtcdConnection(Endpoints.parse(address));
        EtcdJobStore store = new EtcdJobStore(connection, new Keys(job), lease);
        try {
            store.rehearse();
            return store;
        } catch (StoreException | InterruptedException | RuntimeException e) {
            store.close();
            throw e;
        }
    }
}
