/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.convoy.fault.control.ControlServer;
import dev.convoy.fault.control.CoordinatorDirectory;
import dev.convoy.fault.control.CoordinatorDirectory.Location;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rank and the coordinators that follow each other. */
@Timeout(60)
class ControlLinkTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String TOKEN = "a token";
    private static final MemberId SELF = new MemberId(3, 0);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final List<MemberId> connected = new CopyOnWriteArrayList<>();
    private final ControlLink link = new ControlLink();
    private final RankStatus status = new RankStatus();
    private final RankControl control =
            new RankControl(status, link, (exitStatus, reason) -> ended.add(reason), Duration.ofSeconds(10));
    private CoordinatorDirectory directory;

    @BeforeEach
    void openDirectory() throws IOException {
        directory = CoordinatorDirectory.open(TOKEN);
    }

    @AfterEach
    void close() {
        link.close();
        directory.close();
    }

    @Test
    void whoIsHungUpOnWithoutAWordComesAgain() throws IOException {
        try (ServerSocket crowded = new ServerSocket(0, 50, LOOPBACK);
                ControlServer successor = coordinator(8)) {
            try (ControlServer former = coordinator(7)) {
                open(7, former.port(), 10_000);
                await().atMost(SOON).until(() -> connected.size() == 1);
                former.pulse();
                directory.announce(new Location(8, "127.0.0.1", crowded.getLocalPort()));
            }
            try (Socket rank = crowded.accept()) {
                assertThat(rank.getInputStream().read()).isNotNegative();
                // First: who asks where to come again must not be sent here.
                directory.announce(new Location(8, "127.0.0.1", successor.port()));
            }
            await().atMost(SOON).until(() -> connected.size() == 2 || !ended.isEmpty());
            assertThat(ended).isEmpty();
        }
    }

    @Test
    void whoIsHungUpOnAgainAndAgainEndsWhenItsTimeIsOver() throws IOException {
        try (ServerSocket crowded = new ServerSocket(0, 50, LOOPBACK)) {
            Thread.ofPlatform().daemon().start(() -> hangUpOnEverybody(crowded));
            directory.announce(new Location(7, "127.0.0.1", crowded.getLocalPort()));
            open(7, crowded.getLocalPort(), 1_000);
            await().atMost(SOON).until(() -> !ended.isEmpty());
        }
    }

    private static void hangUpOnEverybody(ServerSocket crowded) {
        try {
            while (true) {
                crowded.accept().close();
            }
        } catch (IOException closed) {
            return;
        }
    }

    private ControlServer coordinator(long term) throws IOException {
        return ControlServer.open(LOOPBACK, TOKEN, term, new ControlServer.Listener() {
            @Override
            public void connected(MemberId member, long pid) {
                connected.add(member);
            }

            @Override
            public void received(MemberId member, RankMessage message) {}

            @Override
            public void disconnected(MemberId member) {}
        });
    }

    private void open(long term, int port, long searchMillis) {
        Map<String, String> environment = Map.of(
                "CONVOY_AGENT",
                "127.0.0.1:" + port,
                "CONVOY_TOKEN",
                TOKEN,
                "CONVOY_RANK",
                Integer.toString(SELF.launchRank()),
                "CONVOY_INCARNATION",
                Integer.toString(SELF.incarnation()),
                "CONVOY_WORLD_SIZE",
                "4",
                "CONVOY_TERM",
                Long.toString(term),
                "CONVOY_DIRECTORY",
                Integer.toString(directory.port()),
                "CONVOY_TAKEOVER_MS",
                Long.toString(searchMillis));
        link.open(LaunchEnvironment.read(environment), control, status, new SnapshotNews());
    }
}
