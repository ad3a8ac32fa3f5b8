/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.RankMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * What happened, a line an event, without heartbeats and ticks; of a long story how it began and how it ended. Costs
 * nothing unless it is wanted.
 */
final class Trace {
    private static final int LINES = 100;

    private final VirtualTime time;
    private final boolean wanted;
    private final List<String> first = new ArrayList<>();
    private final Deque<String> last = new ArrayDeque<>();
    private long dropped;

    Trace(VirtualTime time, boolean wanted) {
        this.time = time;
        this.wanted = wanted;
    }

    void event(CoordinatorEvent event) {
        boolean dull = event instanceof CoordinatorEvent.Tick
                || event instanceof CoordinatorEvent.Received received
                        && received.message() instanceof RankMessage.Heartbeat;
        if (wanted && !dull) {
            line("-> " + event.toString().replaceAll("nowNs=\\d+, ", ""));
        }
    }

    void decision(Decision decision) {
        if (wanted && !(decision instanceof Decision.IncidentUpdated)) {
            line("<- " + (decision instanceof Decision.Record ? "Record" : decision));
        }
    }

    void note(String text, Object about) {
        if (wanted) {
            line("!! " + text + about);
        }
    }

    private void line(String text) {
        String line = String.format(Locale.ROOT, "%10.3f ms  %s", time.sinceStartNs() / 1e6, text);
        if (first.size() < LINES) {
            first.add(line);
            return;
        }
        last.add(line);
        if (last.size() > LINES) {
            last.remove();
            dropped++;
        }
    }

    @Override
    public String toString() {
        String between = dropped > 0 ? "\n… " + dropped + " lines\n" : "\n";
        return String.join("\n", first) + between + String.join("\n", last);
    }
}
