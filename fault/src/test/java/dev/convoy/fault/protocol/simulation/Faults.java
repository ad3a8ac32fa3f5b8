/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.RankMessage;
import java.util.HashMap;
import java.util.Map;

/** Lets a scenario's disturbances happen, and knows how many have. */
final class Faults {
    private final Simulation simulation;
    private final Map<String, Integer> passings = new HashMap<>();
    private int replacements;
    private int done;
    private int ofPrograms;
    private int losses;
    private int coordinators;

    Faults(Simulation simulation) {
        this.simulation = simulation;
    }

    void schedule() {
        for (Disturbance each : simulation.scenario().disturbances()) {
            if (each instanceof Disturbance.At at) {
                simulation.time().after(at.atNs(), () -> happen(at));
            } else if (each instanceof Disturbance.CoordinatorLoss loss) {
                simulation.time().after(loss.atNs(), () -> happen(loss));
            }
        }
    }

    /** How many of any kind happened. */
    int done() {
        return done;
    }

    /** How many of them a program may make itself. */
    int ofPrograms() {
        return ofPrograms;
    }

    /** Nobody led for longer than a process waits: it ended as a program does. */
    void outwaited() {
        ofPrograms++;
    }

    /** How many took a process, or made the agent believe that. */
    int losses() {
        return losses;
    }

    private void happen(Disturbance.CoordinatorLoss loss) {
        if (simulation.reigns().lose(loss)) {
            coordinatorLost(loss);
        }
    }

    void coordinatorLost(Disturbance how) {
        simulation.trace().note("", how);
        coordinators++;
    }

    /** How many coordinators were lost. */
    int coordinators() {
        return coordinators;
    }

    private void happen(Disturbance.At fault) {
        if (fault.kind() == Disturbance.Kind.AGENT_PAUSE) {
            simulation.pauseAgent(fault.forNs());
            return;
        }
        SimulatedProcess victim = simulation.current(fault.launchRank());
        // A process that has not joined may be any command, which is not this layer's to watch.
        boolean struck =
                victim != null && victim.isSound() && (victim.hasJoined() || fault.kind() == Disturbance.Kind.KILL);
        if (struck) {
            simulation.trace().note("", fault);
            done++;
            strike(fault.kind(), victim, fault);
        }
    }

    private void strike(Disturbance.Kind kind, SimulatedProcess victim, Disturbance.At fault) {
        switch (kind) {
            case KILL -> kill(victim);
            case KILL_NODE -> {
                kill(victim);
                SimulatedProcess neighbour = simulation.current(fault.launchRank() + 1);
                if (neighbour != null && neighbour.isAlive()) {
                    kill(neighbour);
                }
            }
            case STOP -> {
                losses++;
                victim.disturb();
                victim.stop();
            }
            case PAUSE -> {
                victim.disturb();
                victim.stop();
                simulation.time().after(fault.forNs(), victim::resume);
            }
            case DAWDLE -> {
                victim.disturb();
                victim.training().dawdle(fault.forNs());
            }
            case SLOW -> victim.slowDown(fault.forNs());
            case FAIL -> {
                losses++;
                ofPrograms++;
                victim.after(0, victim::fail);
                victim.disturb();
            }
            case ASYNC_ERROR -> {
                ofPrograms++;
                victim.after(0, () -> victim.suspect(Evidence.ASYNC_ERROR));
            }
            case CUT -> cut(victim);
            case PARTITION -> hold(victim, true, true, fault.forNs());
            case PARTITION_UP -> hold(victim, true, false, fault.forNs());
            case PARTITION_DOWN -> hold(victim, false, true, fault.forNs());
            case LEAVE -> {
                done--;
                victim.after(0, () -> victim.send(new RankMessage.Leaving(victim.epoch())));
            }
            case CORRUPT -> {
                if (!victim.memory().corruptNewest()) {
                    done--;
                }
            }
            case AGENT_PAUSE -> throw new IllegalStateException("nobody's process");
        }
    }

    private void kill(SimulatedProcess victim) {
        losses++;
        simulation.ended(victim, "was killed by signal 9", false);
    }

    private void cut(SimulatedProcess victim) {
        losses++;
        ofPrograms++;
        victim.disturb();
        victim.loseAgent();
        simulation.connectionEnded(victim);
    }

    private static void hold(SimulatedProcess victim, boolean up, boolean down, long forNs) {
        victim.disturb();
        victim.link().hold(up, down, forNs);
    }

    /** Whether the process dies here, at a named point of the protocol. */
    boolean diesAt(String point, SimulatedProcess process) {
        int passing = passings.merge(point, 1, Integer::sum);
        boolean dies = simulation.scenario().disturbances().contains(new Disturbance.Death(point, passing));
        if (dies) {
            simulation.trace().note("dies at point " + point + ": ", process.id());
            done++;
            kill(process);
        }
        return dies;
    }

    /** Whether the replacement comes up; if not, what happens to it has been arranged. */
    boolean startsWell(SimulatedProcess replacement) {
        replacements++;
        var disturbances = simulation.scenario().disturbances();
        if (disturbances.contains(new Disturbance.BadStart(replacements, false))) {
            done++;
            replacement.kill();
            simulation.spawnFails(replacement);
            return false;
        }
        if (disturbances.contains(new Disturbance.BadStart(replacements, true))) {
            done++;
            ofPrograms++;
            replacement.after(5_000_000, () -> simulation.ended(replacement, "exited with status 1", false));
        }
        return true;
    }
}
