/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import dev.convoy.fault.control.ControlServer;
import dev.convoy.fault.control.CoordinatorDirectory;
import dev.convoy.fault.control.CoordinatorRecordCodec;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.MemberId;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Where the ranks meet the job's coordinators, one after the other: how each is lost, what it leaves on record, and
 * where the next one is found.
 */
final class Reigns implements AutoCloseable {
    private static final long PULSE_NS = 250_000_000;

    private final RankVariables variables;
    private final IntFunction<ControlServer.Listener> listeners;
    private ControlServer server;
    private ControlServer frozen;
    private CoordinatorDirectory directory;
    private volatile int number;
    private byte[] onRecord;
    private int records;
    private int lastRecord = Integer.MAX_VALUE;
    private long absentUntilNs;
    private long pulsedNs;

    /** The listener of each reign, by its number. */
    Reigns(RankVariables variables, IntFunction<ControlServer.Listener> listeners) throws IOException {
        this.variables = variables;
        this.listeners = listeners;
        server = ControlServer.open(TestAgent.TOKEN, listeners.apply(0));
    }

    /** Other coordinators may follow the first one. */
    void expectSuccessors() throws IOException {
        directory = CoordinatorDirectory.open(TestAgent.TOKEN);
        variables.set("CONVOY_DIRECTORY", String.valueOf(directory.port()));
        number = 1;
        openServer();
    }

    private void openServer() throws IOException {
        if (server != frozen) {
            server.close();
        }
        server = ControlServer.open(InetAddress.getLoopbackAddress(), TestAgent.TOKEN, number, listeners.apply(number));
        variables.set("CONVOY_TERM", String.valueOf(number));
        directory.announce(new CoordinatorDirectory.Location(number, "127.0.0.1", server.port()));
    }

    /** 0 where none follows, else from 1. Any thread. */
    int number() {
        return number;
    }

    ControlServer server() {
        return server;
    }

    /** The coordinator is lost, with all that it knows; another one follows after a while. */
    void lose(Duration nobodyFor) {
        number++;
        server.close();
        absentUntilNs = System.nanoTime() + nobodyFor.toNanos();
    }

    /** The coordinator is lost as soon as it has put its n-th record into the store, and does nothing more. */
    void loseAfterRecord(int record) {
        lastRecord = record;
    }

    /** The coordinator stands still, its connections open, until {@link #thaw}; another one follows after a while. */
    void freeze(Duration nobodyFor) {
        frozen = server;
        number++;
        absentUntilNs = System.nanoTime() + nobodyFor.toNanos();
    }

    /** A coordinator that stood still, if one did, moves again and says what nobody should listen to. */
    void thaw(Collection<MemberId> members) {
        if (frozen != null) {
            for (MemberId member : members) {
                frozen.send(member, new CoordinatorMessage.Revoke(99, "said by a coordinator of the past", false));
                frozen.send(member, new CoordinatorMessage.Stop(1, "said by a coordinator of the past"));
            }
            frozen.close();
        }
    }

    void keep(CoordinatorRecord record) {
        onRecord = CoordinatorRecordCodec.encode(record);
        records++;
        if (records == lastRecord) {
            lose(Duration.ofMillis(50));
        }
    }

    /** One is lost, and the next one is not there yet. */
    boolean isVacant() {
        return absentUntilNs != 0;
    }

    /** The next one's begins, in time; what it goes on with. */
    CoordinatorRecord begin() throws IOException {
        LockSupport.parkNanos(absentUntilNs - System.nanoTime());
        absentUntilNs = 0;
        openServer();
        return CoordinatorRecordCodec.decode(onRecord);
    }

    void pulse() {
        if (System.nanoTime() - pulsedNs > PULSE_NS) {
            pulsedNs = System.nanoTime();
            server.pulse();
        }
    }

    @Override
    public void close() {
        server.close();
        if (directory != null) {
            directory.close();
        }
    }
}
