/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;

/** When the ranks of a job may pass its {@link Gate}s. */
final class Gates {
    private final TestAgent agent;
    private final Path gate;
    private final Path spares;
    private final Set<MemberId> arrived = ConcurrentHashMap.newKeySet();
    private MemberId opener;

    Gates(TestAgent agent, Path folder) {
        this.agent = agent;
        gate = folder.resolve("gate");
        spares = folder.resolve("spares");
    }

    void open() {
        close();
        open(gate);
    }

    /** The ranks wait at the gated step. */
    private void close() {
        agent.variables().set(Gate.PROPERTY, gate.toString());
    }

    private static void open(Path file) {
        try {
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The ranks wait at the gated step until this process is in reserve. */
    void openWhenReserved(MemberId member) {
        opener = member;
        close();
    }

    /** The ranks wait at the gated step until so many of them have come to a second coordinator. */
    void openWhenAllStand(int count) {
        close();
        AtomicInteger stood = new AtomicInteger();
        agent.when(
                (_, message) -> message instanceof RankMessage.Standing
                        && agent.reigns().number() > 1
                        && stood.incrementAndGet() == count,
                () -> {
                    agent.reigns().thaw(agent.ranks().members());
                    open();
                });
    }

    /** The spare connects when a record of this kind of a second epoch comes in; nothing goes on before it has. */
    void letSpareInAt(MemberId spare, BiPredicate<MemberId, RankMessage> moment) {
        agent.variables().set(Gate.SPARES, spares.toString());
        agent.when(moment, () -> {
            open(spares);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!arrived.contains(spare) && System.nanoTime() < end) {
                LockSupport.parkNanos(200_000);
            }
        });
    }

    /** Somebody has connected; on any thread. */
    void connected(MemberId member) {
        arrived.add(member);
    }

    void sent(Decision.Send send) {
        if (send.message() instanceof CoordinatorMessage.InReserve
                && send.member().equals(opener)) {
            open();
        }
    }
}
