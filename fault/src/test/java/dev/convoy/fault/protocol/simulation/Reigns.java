/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.control.CoordinatorRecordCodec;
import dev.convoy.fault.control.ProtocolException;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MembershipChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One coordinator after the other, and the store in which each leaves what the next one must know. */
final class Reigns {
    private static final long MS = 1_000_000L;

    private final Simulation simulation;
    private final Core.Maker maker;
    private final List<Reign> all = new ArrayList<>();
    private CoordinatorRecord onRecord;
    private int records;
    private int neverStarted;
    // Null while nobody leads.
    private Reign present;

    Reigns(Simulation simulation, Core.Maker maker) {
        this.simulation = simulation;
        this.maker = maker;
    }

    /** The next coordinator, from the moment of its election. */
    void begin() {
        if (simulation.hasEnded()) {
            return;
        }
        CoordinatorRecord left = asStored(onRecord);
        present = new Reign(
                simulation,
                this,
                all.size() + 1,
                maker.make(simulation.scenario().spec(), left));
        all.add(present);
        simulation.invariants().tookOver(present.term());
        present.start();
        if (left != null) {
            left.processes().forEach(this::tellWhatBecameOf);
        }
    }

    private static CoordinatorRecord asStored(CoordinatorRecord record) {
        try {
            return record == null ? null : CoordinatorRecordCodec.decode(CoordinatorRecordCodec.encode(record));
        } catch (ProtocolException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A node's agent says which of its processes have ended, and which it was never asked to start. */
    private void tellWhatBecameOf(CoordinatorRecord.KnownProcess known) {
        SimulatedProcess process = simulation.process(known.bornAs());
        if (process == null || !process.isAlive()) {
            neverStarted += process == null ? 1 : 0;
            String how = process == null ? "was never started" : process.end();
            int status = process == null ? 1 : process.exitStatus();
            tell(() -> new CoordinatorEvent.Exited(simulation.nowNs(), known.bornAs(), how, status));
        }
    }

    private void tell(Supplier<CoordinatorEvent> event) {
        simulation.time().after(simulation.chance().between(MS, 300 * MS), () -> happens(event));
    }

    /** Of the nodes' agents, who tell whoever leads. */
    void happens(Supplier<CoordinatorEvent> event) {
        if (present != null) {
            present.event(event);
        }
    }

    /** On a connection to the coordinator of this term. */
    void happens(long term, Supplier<CoordinatorEvent> event) {
        all.get((int) term - 1).event(event);
    }

    /** It is on record that this is no plain command. */
    boolean knowOfAGroup() {
        return onRecord != null && onRecord.joined();
    }

    /** Who leads; 0 if nobody does. */
    long term() {
        return present == null ? 0 : present.term();
    }

    /** What became of an attempt to write. */
    enum Write {
        DONE,
        /** Another one leads, or the writer is no more. */
        REFUSED,
        /** It will be refused, when its writer runs again. */
        UNDER_WAY
    }

    Write write(Reign writer, CoordinatorRecord record) {
        if (writer != present) {
            return Write.REFUSED;
        }
        records++;
        for (Disturbance each : simulation.scenario().disturbances()) {
            if (each instanceof Disturbance.LossAtRecord loss && loss.record() == records) {
                simulation.faults().coordinatorLost(each);
                return interrupted(loss, record);
            }
        }
        keep(record);
        return Write.DONE;
    }

    private void keep(CoordinatorRecord record) {
        onRecord = record;
        // Whoever was let go has answered the revocation and holds no communicator any more, told of it or not.
        record.processes().stream()
                .filter(known -> known.role() == CoordinatorRecord.Role.DEPARTED)
                .forEach(known -> simulation.process(known.id()).dismiss());
    }

    private Write interrupted(Disturbance.LossAtRecord loss, CoordinatorRecord record) {
        return switch (loss.moment()) {
            case BEFORE -> {
                crash(loss.absentNs());
                yield Write.REFUSED;
            }
            case AFTER -> {
                keep(record);
                crash(loss.absentNs());
                yield Write.REFUSED;
            }
            case DURING -> {
                freeze(loss.absentNs());
                yield Write.UNDER_WAY;
            }
        };
    }

    /** Returns whether there was one to lose. */
    boolean lose(Disturbance.CoordinatorLoss loss) {
        if (present == null) {
            return false;
        }
        if (loss.freezes()) {
            freeze(loss.absentNs());
        } else {
            crash(loss.absentNs());
        }
        return true;
    }

    private void crash(long absentNs) {
        present.end();
        leave(0, 30 * MS);
        simulation.time().after(absentNs, this::begin);
    }

    /** It stands still until another one leads, and goes on as if nothing had happened. */
    private void freeze(long absentNs) {
        Reign frozen = present;
        frozen.freeze();
        long lease = 3_000 * MS;
        leave(lease, lease + 600 * MS);
        simulation.time().after(lease + absentNs, this::begin);
        simulation.time().after(lease + absentNs + simulation.chance().between(MS, 900 * MS), frozen::thaw);
    }

    private void leave(long fromNs, long toNs) {
        long term = present.term();
        present = null;
        simulation.processes().forEach(process -> process.allegiance().lose(term, fromNs, toNs));
    }

    void pause(long untilNs) {
        if (present != null) {
            present.pause(untilNs);
        }
    }

    /** Processes that were on record when their coordinator was lost, and nowhere else. */
    int neverStarted() {
        return neverStarted;
    }

    int count() {
        return all.size();
    }

    List<Incident> incidents() {
        return all.getLast().core().incidents();
    }

    List<MembershipChange> changes() {
        return all.getLast().core().changes();
    }
}
