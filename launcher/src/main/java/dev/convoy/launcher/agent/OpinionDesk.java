/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.detect.SecondOpinion;
import dev.convoy.fault.detect.SecondOpinion.Opinion;
import dev.convoy.fault.protocol.CoordinatorEvent;
import java.util.Optional;

/** Asks for a second opinion beside the event loop, once an epoch, and brings the answer to the coordinator. */
final class OpinionDesk {
    private final Optional<SecondOpinion> source;
    private final EventQueue events;
    private final RankProcesses processes;
    private long askedEpoch;

    OpinionDesk(Optional<SecondOpinion> source, EventQueue events, RankProcesses processes) {
        this.source = source;
        this.events = events;
        this.processes = processes;
    }

    /** Asks unless that was done in this epoch; true if an answer may come. Event thread only. */
    boolean ask(long epoch) {
        if (source.isEmpty() || epoch <= askedEpoch) {
            return false;
        }
        askedEpoch = epoch;
        Thread.ofPlatform()
                .daemon()
                .name("convoy-second-opinion")
                .start(() -> source.get().ask().ifPresent(this::bring));
        return true;
    }

    /** Who has which process is for the event thread to say. */
    private void bring(Opinion opinion) {
        events.post(
                now -> new CoordinatorEvent.OpinionGiven(now, processes.withPids(opinion.suspects()), opinion.text()));
    }
}
