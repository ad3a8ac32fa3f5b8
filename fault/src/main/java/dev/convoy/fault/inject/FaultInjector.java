/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.inject;

import dev.convoy.fault.protocol.FaultSpec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Fires this rank's faults, each once: it is put on record first, so that neither a replay of the step nor the process
 * that replaces this one fires it again. Used by the user's thread.
 */
public final class FaultInjector {
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;

    private final List<FaultSpec> pending = new ArrayList<>();
    private final Effects effects;

    /** What a fault does to this process. */
    public interface Effects {
        /**
         * Puts a fault on record with the coordinator and waits, bounded, until it is.
         *
         * @param fault the fault
         * @param atNs now, CLOCK_MONOTONIC
         */
        void record(FaultSpec fault, long atNs);

        /**
         * Tells the coordinator the fault's true time, without waiting: putting it on record has taken some.
         *
         * @param fault the fault
         * @param atNs when it fires, CLOCK_MONOTONIC
         */
        void fires(FaultSpec fault, long atNs);

        /**
         * Sends a signal to this very process.
         *
         * @param signal its number on Linux
         */
        void raise(int signal);

        /**
         * Holds the user's thread up.
         *
         * @param millis how long
         */
        void sleep(long millis);

        /**
         * Makes the step function fail.
         *
         * @param fault the fault, for the message
         */
        void fail(FaultSpec fault);

        /** Flips bits in this process's newest snapshot. */
        void corrupt();
    }

    /**
     * Creates an injector.
     *
     * @param launchRank this process's rank at launch
     * @param faults faults of all ranks; only this rank's are kept
     * @param effects what they do
     */
    public FaultInjector(int launchRank, List<FaultSpec> faults, Effects effects) {
        this.effects = effects;
        for (FaultSpec fault : faults) {
            if (fault.launchRank() == launchRank) {
                pending.add(fault);
            }
        }
    }

    /**
     * This process takes another place: the faults of that one which have not fired are its own.
     *
     * @param launchRank the place
     * @param faults faults of all ranks
     * @param fired those that have fired, as {@link FaultSpec#format} writes them
     */
    public void assign(int launchRank, List<FaultSpec> faults, List<String> fired) {
        pending.clear();
        for (FaultSpec fault : faults) {
            if (fault.launchRank() == launchRank && !fired.contains(fault.format())) {
                pending.add(fault);
            }
        }
    }

    /**
     * Fires what is due inside a step.
     *
     * @param step the step
     */
    public void atStep(long step) {
        if (!pending.isEmpty()) {
            fire(fault -> fault.phase() == null && fault.step() == step);
        }
    }

    /**
     * Fires what is due in a phase of a recovery.
     *
     * @param phase the phase that has been reached
     */
    public void atPhase(FaultSpec.Phase phase) {
        if (!pending.isEmpty()) {
            fire(fault -> fault.phase() == phase);
        }
    }

    private void fire(Predicate<FaultSpec> due) {
        for (Iterator<FaultSpec> each = pending.iterator(); each.hasNext(); ) {
            FaultSpec fault = each.next();
            if (due.test(fault)) {
                each.remove();
                effects.record(fault, System.nanoTime());
                effects.fires(fault, System.nanoTime());
                inflict(fault);
            }
        }
    }

    private void inflict(FaultSpec fault) {
        switch (fault.kind()) {
            case KILL -> effects.raise(SIGKILL);
            case STOP -> effects.raise(SIGSTOP);
            case SLOW -> effects.sleep(fault.millis());
            case THROW -> effects.fail(fault);
            case CORRUPT -> effects.corrupt();
        }
    }
}
