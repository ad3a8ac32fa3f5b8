/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MembershipChange;
import java.util.ArrayList;
import java.util.List;

/** The coordinator with one rule deliberately broken, by tampering with what it hears and what it says. */
abstract class BrokenCore implements Core {
    private final Core sound;

    BrokenCore(Core sound) {
        this.sound = sound;
    }

    /** What the coordinator hears in place of this. */
    List<CoordinatorEvent> hears(CoordinatorEvent event) {
        return List.of(event);
    }

    /** What is done in place of this; {@code ends} if the job's end is among the decisions taken together. */
    List<Decision> does(Decision decision, boolean ends) {
        return List.of(decision);
    }

    /** Events that the broken rule makes up after a decision. */
    List<CoordinatorEvent> imagines(Decision decision, long nowNs) {
        return List.of();
    }

    @Override
    public List<Decision> start(long nowNs) {
        return sound.start(nowNs);
    }

    @Override
    public List<Decision> on(CoordinatorEvent event) {
        List<Decision> done = new ArrayList<>();
        for (CoordinatorEvent heard : hears(event)) {
            List<Decision> taken = sound.on(heard);
            boolean ends = !taken.isEmpty() && taken.getLast() instanceof Decision.End;
            List<CoordinatorEvent> imagined = new ArrayList<>();
            for (Decision decision : taken) {
                done.addAll(does(decision, ends));
                imagined.addAll(imagines(decision, event.nowNs()));
            }
            imagined.forEach(each -> done.addAll(on(each)));
        }
        return done;
    }

    @Override
    public List<Incident> incidents() {
        return sound.incidents();
    }

    @Override
    public List<MembershipChange> changes() {
        return sound.changes();
    }
}
