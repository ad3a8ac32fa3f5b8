/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One fault to inject: at a step, or in a phase of a recovery.
 *
 * @param kind what happens
 * @param launchRank to which rank at launch
 * @param step at which step, from 0; −1 for a fault in a recovery
 * @param millis how long a {@link Kind#SLOW} rank sleeps; 0 for the other kinds
 * @param phase in which phase of a recovery; null for a fault at a step
 */
public record FaultSpec(Kind kind, int launchRank, long step, long millis, Phase phase) {
    /** Checks that the components fit each other. */
    public FaultSpec {
        Objects.requireNonNull(kind, "kind");
        boolean inRecovery = phase != null;
        if (launchRank < 0 || (inRecovery ? step != -1 || kind != Kind.KILL : step < 0)) {
            throw new IllegalArgumentException("no such fault");
        }
        if (kind == Kind.SLOW ? millis < 1 : millis != 0) {
            throw new IllegalArgumentException("only slow takes milliseconds, at least 1");
        }
    }

    /** What happens. */
    public enum Kind {
        /** SIGKILL. */
        KILL("kill"),
        /** SIGSTOP. */
        STOP("stop"),
        /** Sleep once, with heartbeats running. */
        SLOW("slow"),
        /** Throw out of the step function. */
        THROW("throw"),
        /** Flip bits in the newest committed snapshot memory. */
        CORRUPT("corrupt");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /**
         * Name in a specification.
         *
         * @return lower case
         */
        public String label() {
            return label;
        }
    }

    /** Phase of a recovery. */
    public enum Phase {
        /** The communicator is about to be aborted. */
        ABORT("abort"),
        /** The abort is acknowledged, the next epoch not known yet. */
        AGREE("agree"),
        /** The next epoch is known, its communicator about to be built. */
        REBUILD("rebuild"),
        /** The new communicator is ready, the state about to be restored. */
        RESTORE("restore");

        private final String label;

        Phase(String label) {
            this.label = label;
        }

        /**
         * Name in a specification.
         *
         * @return lower case
         */
        public String label() {
            return label;
        }
    }

    /**
     * Reads one specification.
     *
     * @param text for example {@code kill:2@200}, {@code slow:1@50:3000}, {@code kill:1@recovery:rebuild}
     * @return the fault
     * @throws IllegalArgumentException with one line that says what is wrong and what would be right
     */
    public static FaultSpec parse(String text) {
        return new FaultSpecParser(text.strip()).parse();
    }

    /**
     * Reads a comma-separated list.
     *
     * @param text specifications; blank for none
     * @return the faults in that order
     * @throws IllegalArgumentException with one line that says what is wrong and what would be right
     */
    public static List<FaultSpec> parseList(String text) {
        List<FaultSpec> faults = new ArrayList<>();
        if (!text.isBlank()) {
            for (String part : text.split(",", -1)) {
                faults.add(parse(part));
            }
        }
        return List.copyOf(faults);
    }

    /**
     * Writes the fault so that {@link #parse} reads it back.
     *
     * @return the specification
     */
    public String format() {
        String head = kind.label() + ":" + launchRank + "@";
        if (phase != null) {
            return head + "recovery:" + phase.label();
        }
        return kind == Kind.SLOW ? head + step + ":" + millis : head + step;
    }

    @Override
    public String toString() {
        return format();
    }
}
