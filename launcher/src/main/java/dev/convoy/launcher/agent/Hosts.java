/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.NodeRecord;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.MemberId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The job's processes wherever they run: here, or on a node whose agent does what is asked. Event thread only. */
final class Hosts {
    private final RankProcesses processes;
    private final RankEnvironment environment;
    private final Optional<RemoteNodes> others;
    private final int here;
    private final Map<MemberId, Seat> seats = new HashMap<>();

    /** Where a process runs, and by which name it was started there. */
    private record Seat(int node, MemberId process) {}

    Hosts(RankProcesses processes, RankEnvironment environment, Optional<RemoteNodes> others, int here) {
        this.here = here;
        this.processes = processes;
        this.environment = environment;
        this.others = others;
    }

    void spawn(MemberId member, int node, Collection<FaultSpec> remaining) {
        seats.put(member, new Seat(node, member));
        String faults = remaining.stream().map(FaultSpec::format).collect(Collectors.joining(","));
        if (node == here) {
            processes.spawn(member, environment.of(member, faults));
        } else {
            others.orElseThrow().start(node, member, faults);
        }
    }

    /** Processes that a former leader had started. */
    void inherit(Inherited inherited) {
        inherited
                .record()
                .processes()
                .forEach(process -> seats.put(process.bornAs(), new Seat(process.node(), process.bornAs())));
    }

    /** A process is asked for by another name from now on; it still speaks by the one that it was started with. */
    void rename(MemberId before, MemberId now) {
        seats.put(now, seats.get(before));
    }

    void connected(MemberId member, long pid) {
        Seat seat = seats.get(member);
        if (seat == null) {
            return;
        }
        if (seat.node() == here) {
            processes.connected(seat.process(), pid);
        } else {
            others.orElseThrow().tell(seat.node(), new NodeRecord.Known(seat.process(), pid));
        }
    }

    /** What has become of the wish to kill a process; but for {@code DONE} an event follows. */
    enum Kill {
        DONE,
        ASKED,
        OUT_OF_REACH
    }

    Kill kill(MemberId member) {
        Seat seat = seats.get(member);
        if (seat == null || seat.node() == here) {
            processes.kill(seat == null ? member : seat.process());
            return Kill.DONE;
        }
        return others.orElseThrow().kill(seat.node(), seat.process()) ? Kill.ASKED : Kill.OUT_OF_REACH;
    }

    /** State letter of a member's process; empty if an event may say it later. */
    OptionalInt state(MemberId member) {
        Seat seat = seats.get(member);
        if (seat == null || seat.node() == here) {
            return OptionalInt.of(processes.state(seat == null ? member : seat.process()));
        }
        others.orElseThrow().tell(seat.node(), new NodeRecord.Look(seat.process()));
        return OptionalInt.empty();
    }

    void tick() {
        others.ifPresent(RemoteNodes::tick);
    }
}
