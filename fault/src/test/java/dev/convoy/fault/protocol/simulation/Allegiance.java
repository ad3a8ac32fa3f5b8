/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import java.util.ArrayList;
import java.util.List;

/** Whom a model rank follows: one coordinator after the other, each of a newer term. */
final class Allegiance {
    private static final long MS = 1_000_000L;
    private static final long BOUND_NS = 8_000 * MS;
    private static final long BETWEEN_QUESTIONS_NS = 25 * MS;

    private final Simulation simulation;
    private final SimulatedProcess process;
    /** What another coordinator would have to know. */
    private final List<RankMessage> reports = new ArrayList<>();

    private Link link;
    private long term;
    private long reportedEpoch;

    Allegiance(Simulation simulation, SimulatedProcess process) {
        this.simulation = simulation;
        this.process = process;
        link = newLink();
    }

    private Link newLink() {
        int duplicatePercent = simulation.scenario().noise().duplicatePercent();
        return new Link(simulation.time(), simulation.chance(), duplicatePercent);
    }

    /** The newest term that it has heard of; 0 before it has joined. */
    long term() {
        return term;
    }

    Link link() {
        return link;
    }

    void join() {
        seek(simulation.nowNs());
    }

    private void seek(long sinceNs) {
        long leading = simulation.reigns().term();
        if (leading > term) {
            follow(leading);
        } else if (simulation.nowNs() - sinceNs > BOUND_NS) {
            simulation.faults().outwaited();
            simulation.ended(process, "exited with status 1", false);
        } else {
            process.after(BETWEEN_QUESTIONS_NS, () -> seek(sinceNs));
        }
    }

    private void follow(long leading) {
        term = leading;
        link.cut();
        link = newLink();
        MemberId self = process.bornAs();
        link.connect(
                () -> simulation.event(leading, () -> new CoordinatorEvent.Connected(simulation.nowNs(), self, 1)));
        up(new RankMessage.Standing(
                process.epoch(), process.forming(), process.training().step(), 0));
        reports.forEach(this::up);
    }

    /** Its coordinator is lost; the process notices soon. */
    void lose(long lostTerm, long fromNs, long toNs) {
        if (term == lostTerm && process.isAlive() && !process.isCutOff()) {
            // A lease runs out as fast in a slow process as in any other.
            simulation
                    .time()
                    .after(
                            simulation.chance().between(fromNs, toNs),
                            () -> process.runOrKeep(() -> {
                                if (term == lostTerm) {
                                    leave();
                                }
                            }));
        }
    }

    private void leave() {
        long now = simulation.nowNs();
        link.cut();
        simulation.event(term, () -> new CoordinatorEvent.Disconnected(now, process.id()));
        seek(now);
    }

    void send(RankMessage message) {
        remember(message);
        up(message);
    }

    private void up(RankMessage message) {
        MemberId self = process.id();
        long to = term;
        if (to > 0) {
            link.up(() -> simulation.event(to, () -> new CoordinatorEvent.Received(simulation.nowNs(), self, message)));
        }
    }

    /** A coordinator says something; the connection to one of the past is closed. */
    void hear(CoordinatorMessage message, Reign from) {
        long itsTerm = from.term();
        boolean listens = itsTerm == term || !from.core().ranksHeedTerms();
        if (listens) {
            link.down(() -> process.runOrKeep(() -> {
                if (itsTerm == term || !from.core().ranksHeedTerms()) {
                    simulation.invariants().heeds(process, term, itsTerm);
                    process.handle(message);
                }
            }));
        }
    }

    private void remember(RankMessage message) {
        switch (message) {
            case RankMessage.Suspect m -> keep(m.epoch(), m);
            case RankMessage.Rebuilt m -> keep(m.epoch(), m);
            case RankMessage.Restored m -> keep(m.epoch(), m);
            case RankMessage.Resumed m -> keep(m.epoch(), m);
            case RankMessage.Quiesced m -> keep(m.epoch(), m);
            case RankMessage.Completed m -> keep(m.epoch(), m);
            case RankMessage.Finished m -> keep(m.epoch(), m);
            case RankMessage.Failing m -> keep(m.epoch(), m);
            case RankMessage.Leaving m -> keep(reportedEpoch, m);
            default -> {}
        }
    }

    private void keep(long epoch, RankMessage message) {
        // Made-up records are of other epochs, and not this rank's own.
        if (epoch > reportedEpoch && epoch == process.epoch()) {
            reportedEpoch = epoch;
            reports.removeIf(report -> !(report instanceof RankMessage.Leaving));
        }
        if (epoch == reportedEpoch) {
            reports.add(message);
        }
    }
}
