/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.Decision;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** One coordinator and its agent, who may be late, stand still, or be gone. */
final class Reign {
    private final Simulation simulation;
    private final Reigns reigns;
    private final long term;
    private final Core core;
    private final Deque<Supplier<CoordinatorEvent>> waiting = new ArrayDeque<>();
    /** What was to be done after a record that is under way. */
    private List<Decision> rest = List.of();

    private long pausedUntilNs;
    private boolean over;
    private boolean refused;

    Reign(Simulation simulation, Reigns reigns, long term, Core core) {
        this.simulation = simulation;
        this.reigns = reigns;
        this.term = term;
        this.core = core;
    }

    long term() {
        return term;
    }

    Core core() {
        return core;
    }

    void start() {
        carryOut(core.start(simulation.nowNs()));
    }

    void end() {
        over = true;
        waiting.clear();
    }

    void freeze() {
        pausedUntilNs = Long.MAX_VALUE;
    }

    void thaw() {
        simulation.trace().note("wakes up: the coordinator of term ", term);
        pausedUntilNs = simulation.nowNs();
        if (!rest.isEmpty()) {
            // The record is refused now.
            refused();
            carryOut(rest, false);
        }
        goOn();
    }

    void pause(long untilNs) {
        pausedUntilNs = Math.max(pausedUntilNs, untilNs);
        simulation.time().at(pausedUntilNs, this::goOn);
    }

    private void goOn() {
        while (simulation.nowNs() >= pausedUntilNs && !waiting.isEmpty()) {
            happens(waiting.poll().get());
        }
    }

    /** While the agent is paused everything waits, and happens in the same order when it goes on. */
    void event(Supplier<CoordinatorEvent> arrival) {
        if (over) {
            return;
        }
        if (simulation.nowNs() < pausedUntilNs || !waiting.isEmpty()) {
            waiting.add(arrival);
        } else {
            happens(arrival.get());
        }
    }

    private void happens(CoordinatorEvent event) {
        if (!simulation.hasEnded() && !over) {
            simulation.trace().event(event);
            carryOut(core.on(event));
        }
    }

    private void carryOut(List<Decision> decisions) {
        boolean ends = !decisions.isEmpty() && decisions.getLast() instanceof Decision.End;
        if (ends && isLeading()) {
            simulation.ending();
        }
        carryOut(decisions, ends);
    }

    private void carryOut(List<Decision> decisions, boolean ends) {
        for (int i = 0; i < decisions.size() && !over; i++) {
            Decision decision = decisions.get(i);
            simulation.trace().decision(decision);
            if (!(decision instanceof Decision.Record(CoordinatorRecord record))) {
                simulation.carryOut(decision, this, ends);
                continue;
            }
            switch (reigns.write(this, record)) {
                case REFUSED -> refused();
                case UNDER_WAY -> {
                    rest = decisions.subList(i + 1, decisions.size());
                    return;
                }
                case DONE -> {}
            }
        }
    }

    private void refused() {
        refused = true;
        over |= core.heedsRefusals();
    }

    /** What it put on record did not get there. */
    boolean wasRefused() {
        return refused;
    }

    /** Nodes follow no other one. */
    boolean isLeading() {
        return reigns.term() == term;
    }
}
