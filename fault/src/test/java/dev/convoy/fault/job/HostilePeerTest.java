/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.control.MessageCodec;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Message;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job whose control port is attacked while it trains: by rubbish, by strangers, and by somebody who stole the token
 * and claims to be ranks that he is not. Nothing of it changes anything.
 */
@Timeout(120)
class HostilePeerTest {
    private static final long STEPS = 40;
    private static final int LENGTH = 37;
    private static final int CONNECTIONS = 60;

    @TempDir
    private Path folder;

    private final AtomicInteger attacks = new AtomicInteger();

    @Test
    void nothingThatAStrangerSaysChangesAnything() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("attack seed " + seed);
        JobSpec spec = new JobSpec(3, RecoveryPolicy.SHRINK, 1, 16, 3_000_000_000L, JobSpec.START_BOUND_NS, null);
        try (TestAgent agent = new TestAgent(spec, "", folder, SumProgram.class, STEPS, LENGTH, 1_000, 1)) {
            Thread[] attacker = new Thread[1];
            agent.when(
                    (member, message) -> message instanceof RankMessage.Resumed,
                    () -> attacker[0] = Thread.ofPlatform().daemon().start(() -> attack(agent.port(), seed)));
            JobOutcome outcome = agent.run(Duration.ofSeconds(60));
            attacker[0].join(Duration.ofSeconds(20));
            assertThat(outcome.success())
                    .as("%s%n%s", outcome.message(), agent.output())
                    .isTrue();
            assertThat(agent.incidents()).isEmpty();
            assertThat(agent.warnings()).isEmpty();
            assertThat(outcome.summary().worldSize()).isEqualTo(3);
            assertThat(outcome.summary().parametersSha256())
                    .isEqualTo(SumProgram.reference(STEPS, LENGTH).parametersSha256());
            assertThat(attacks.get()).as("connections that were made").isPositive();
        }
    }

    private void attack(int port, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CONNECTIONS; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                attacks.incrementAndGet();
                for (byte[] bytes : lines(random)) {
                    socket.getOutputStream().write(bytes);
                }
            } catch (IOException droppedOrOver) {
                assertThat(droppedOrOver).isNotNull();
            }
        }
    }

    private static List<byte[]> lines(Random random) {
        MemberId own = new MemberId(1, 0);
        return switch (random.nextInt(6)) {
            case 0 -> List.of(rubbish(random));
            case 1 -> List.of(hello("not the token", own), lie(1));
            // Connected already.
            case 2 -> List.of(hello(TestAgent.TOKEN, own), lie(1), rubbish(random));
            // There is no such rank, and no such replacement.
            case 3 -> List.of(hello(TestAgent.TOKEN, new MemberId(9, 0)), lie(1), lie(2));
            case 4 -> List.of(hello(TestAgent.TOKEN, new MemberId(2, 5)), lie(0), lie(Long.MAX_VALUE));
            default -> List.of(MessageCodec.frame(new RankMessage.Failing(1, "a lie")), hello(TestAgent.TOKEN, own));
        };
    }

    private static byte[] hello(String token, MemberId member) {
        return MessageCodec.frame(new RankMessage.Hello(Message.PROTOCOL, token, member, 1, 0));
    }

    /** That rank 0 is dead, in some epoch. */
    private static byte[] lie(long epoch) {
        return MessageCodec.frame(
                new RankMessage.Suspect(epoch, Evidence.PEER_DEATH, new int[] {0}, System.nanoTime(), "a lie", 1, 1));
    }

    private static byte[] rubbish(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }
}
