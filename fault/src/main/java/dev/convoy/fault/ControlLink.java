/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.control.ControlClient;
import dev.convoy.fault.control.ControlTls;
import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The connection to the agent, opened when the group forms. What is sent before is dropped: nobody is there to hear it.
 */
final class ControlLink implements Consumer<RankMessage>, AutoCloseable {
    private volatile ControlClient client;

    @Override
    public void accept(RankMessage message) {
        ControlClient open = client;
        if (open != null) {
            open.send(message);
        }
    }

    void open(LaunchEnvironment environment, RankControl control, RankStatus status, SnapshotNews news) {
        try {
            client = ControlClient.connect(
                    environment.host(),
                    environment.port(),
                    environment.token(),
                    environment.self(),
                    control::receive,
                    control::lost,
                    tls(System.getenv("CONVOY_TLS")));
        } catch (IOException e) {
            throw new JoinRejectedException(
                    "the agent at " + environment.host() + ":" + environment.port() + " cannot be reached: "
                            + e.getMessage(),
                    e);
        }
        client.startHeartbeats(
                () -> {
                    status.pace().ifPresent(this);
                    return status.heartbeat();
                },
                news::poll);
    }

    /** The agent's certificate, where it speaks TLS. */
    private static ControlTls tls(String fingerprint) {
        if (fingerprint == null || fingerprint.isEmpty()) {
            return null;
        }
        try {
            return ControlTls.pinned(fingerprint);
        } catch (IllegalArgumentException e) {
            throw new NotLaunchedException("the environment has a damaged CONVOY_TLS (" + e.getMessage()
                    + "); start this program with: convoy run -n N -- java …");
        }
    }

    @Override
    public void close() {
        ControlClient open = client;
        if (open != null) {
            open.close();
        }
    }
}
