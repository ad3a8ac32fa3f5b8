/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.fault.store.StoreException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which failures cost the connection that all of an agent's questions share. */
@Timeout(60)
class EtcdConnectionTest {
    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final long NO_LEASE = 12_345;

    @TempDir
    Path folder;

    private final AtomicReference<Client> used = new AtomicReference<>();
    private EtcdServer server;
    private EtcdConnection connection;

    @BeforeEach
    void connect() {
        server = EtcdServer.start(folder);
        connection = new EtcdConnection(Endpoints.parse(server.address()));
    }

    @AfterEach
    void close() {
        if (connection != null) {
            connection.close();
            server.close();
        }
    }

    @Test
    void whatEtcdRefusesCostsTheOthersNothing() throws Exception {
        Client before = read();
        assertThatThrownBy(() -> connection.ask(
                        "to end a lease",
                        BOUND,
                        client -> client.getLeaseClient().revoke(NO_LEASE)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("lease not found");
        assertThat(read()).isSameAs(before);
    }

    /** The client that was asked. */
    private Client read() throws Exception {
        ByteSequence key = ByteSequence.from("key", StandardCharsets.UTF_8);
        connection.ask("for a key", BOUND, client -> {
            used.set(client);
            return client.getKVClient().get(key);
        });
        return used.get();
    }
}
