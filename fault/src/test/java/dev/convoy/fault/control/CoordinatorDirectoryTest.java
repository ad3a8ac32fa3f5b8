/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.fault.control.CoordinatorDirectory.Location;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the coordinator is, over real sockets. */
@Timeout(60)
class CoordinatorDirectoryTest {
    private static final String TOKEN = "0123456789abcdef";
    private static final Duration BOUND = Duration.ofSeconds(5);

    private CoordinatorDirectory directory;

    @BeforeEach
    void open() throws IOException {
        directory = CoordinatorDirectory.open(TOKEN, Duration.ofMillis(500));
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private Optional<Location> ask(String token) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), directory.port());
        return CoordinatorDirectory.ask(address, token, BOUND);
    }

    @Test
    void tellsOfTheNewestTermOnly() throws IOException {
        assertThat(ask(TOKEN)).isEmpty();
        Location second = new Location(7, "10.0.0.2", 4712);
        directory.announce(second);
        directory.announce(new Location(5, "10.0.0.1", 4711));
        assertThat(ask(TOKEN)).contains(second);
        Location third = new Location(8, "10.0.0.3", 4713, "00ff");
        directory.announce(third);
        assertThat(ask(TOKEN)).contains(third);
    }

    @Test
    void strangerLearnsNothing() {
        directory.announce(new Location(7, "10.0.0.2", 4712));
        assertThatThrownBy(() -> ask("another")).isInstanceOf(IOException.class);
    }

    @Test
    void rubbishAndSilenceChangeNothing() throws IOException {
        Location known = new Location(7, "10.0.0.2", 4712);
        directory.announce(known);
        Random random = new Random(42);
        List<Socket> strangers = new ArrayList<>();
        try {
            // More than are served at a time, some of which never say anything.
            for (int i = 0; i < 100; i++) {
                Socket stranger = new Socket(InetAddress.getLoopbackAddress(), directory.port());
                strangers.add(stranger);
                byte[] rubbish = new byte[random.nextInt(40)];
                random.nextBytes(rubbish);
                try {
                    stranger.getOutputStream().write(rubbish);
                } catch (IOException closedAlready) {
                    continue;
                }
            }
            Optional<Location> found = Optional.empty();
            for (int attempt = 0; found.isEmpty() && attempt < 100; attempt++) {
                try {
                    found = ask(TOKEN);
                } catch (IOException crowded) {
                    Thread.onSpinWait();
                }
            }
            assertThat(found).contains(known);
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
    }

    @Test
    void whoeverDoesNotAnswerIsNotWaitedForLong() throws IOException {
        directory.close();
        assertThatThrownBy(() -> ask(TOKEN)).isInstanceOf(IOException.class);
    }
}
