/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import java.util.Locale;

/** One thing that goes wrong in a schedule. */
sealed interface Disturbance {
    /** What can happen at a time. */
    enum Kind {
        /** SIGKILL. */
        KILL("kill"),
        /** SIGKILL of this rank and the next, as when their node goes. */
        KILL_NODE("kill the node of"),
        /** SIGSTOP for good. */
        STOP("stop"),
        /** SIGSTOP, and SIGCONT later. */
        PAUSE("pause"),
        /** The next step takes longer. */
        DAWDLE("dawdle in"),
        /** Everything takes eight times as long for a while. */
        SLOW("slow down"),
        /** The program throws. */
        FAIL("throw in"),
        /** The communicator reports an asynchronous error. */
        ASYNC_ERROR("asynchronous error at"),
        /** The control connection breaks; what was under way on it is lost. */
        CUT("cut the connection of"),
        /** Nothing passes between agent and rank for a while, then all of it does. */
        PARTITION("partition"),
        /** Nothing passes from the rank to the agent for a while, then all of it does. */
        PARTITION_UP("partition, upwards,"),
        /** Nothing passes from the agent to the rank for a while, then all of it does. */
        PARTITION_DOWN("partition, downwards,"),
        /** The rank asks to leave. */
        LEAVE("let go"),
        /** A bit flips in the rank's newest snapshot. */
        CORRUPT("corrupt"),
        /** The agent itself does not run for a while. */
        AGENT_PAUSE("pause the agent, not");

        private final String verb;

        Kind(String verb) {
            this.verb = verb;
        }

        boolean lasts() {
            return switch (this) {
                case PAUSE, DAWDLE, SLOW, PARTITION, PARTITION_UP, PARTITION_DOWN, AGENT_PAUSE -> true;
                default -> false;
            };
        }
    }

    /**
     * Happens at a time.
     *
     * @param kind what
     * @param launchRank to whom, as far as it lives then
     * @param atNs when, from the start of the job
     * @param forNs for how long, where that has a meaning
     */
    record At(Kind kind, int launchRank, long atNs, long forNs) implements Disturbance {
        @Override
        public String toString() {
            String whom = kind == Kind.AGENT_PAUSE ? "pause the agent" : kind.verb + " rank " + launchRank;
            return whom + " at " + ms(atNs) + (kind.lasts() ? " for " + ms(forNs) : "");
        }
    }

    /**
     * Whoever passes a named point of the protocol as the n-th dies there.
     *
     * @param point its name
     * @param passing n, from 1
     */
    record Death(String point, int passing) implements Disturbance {
        /** Where a rank can be told to die. */
        static final String[] POINTS = {"abort", "agree", "rebuild", "restore", "copy", "vote", "persist"};

        @Override
        public String toString() {
            return "kill at point " + point + ", passing " + passing;
        }
    }

    /**
     * The n-th replacement does not come up.
     *
     * @param replacement n, from 1
     * @param started whether its process starts, and ends at once, rather than cannot be started
     */
    record BadStart(int replacement, boolean started) implements Disturbance {
        @Override
        public String toString() {
            return "replacement " + replacement + (started ? " exits at once" : " cannot be started");
        }
    }

    /**
     * The agent that leads is lost, and another one takes over.
     *
     * @param freezes whether it only stands still, and goes on when the other one leads
     * @param atNs when, from the start of the job
     * @param absentNs how long nobody leads, from the end of its lease where it freezes
     */
    record CoordinatorLoss(boolean freezes, long atNs, long absentNs) implements Disturbance {
        @Override
        public String toString() {
            return (freezes ? "freeze" : "kill") + " the coordinator at " + ms(atNs) + ", nobody leads for "
                    + ms(absentNs);
        }
    }

    /**
     * The agent that leads is lost while it puts its n-th record into the store; nothing that follows is carried out.
     *
     * @param record n, from 1, over all coordinators
     * @param moment what has become of the record
     * @param absentNs how long nobody leads, from the end of its lease where it stands still
     */
    record LossAtRecord(int record, Moment moment, long absentNs) implements Disturbance {
        /** When, as the record has it. */
        enum Moment {
            /** It never reaches the store. */
            BEFORE,
            /** It is in the store. */
            AFTER,
            /** It is on its way, and comes when another one leads. */
            DURING
        }

        @Override
        public String toString() {
            String how = moment == Moment.DURING ? "freeze" : "kill";
            return how + " the coordinator " + moment.name().toLowerCase(Locale.ROOT) + " record " + record
                    + ", nobody leads for " + ms(absentNs);
        }
    }

    private static String ms(long ns) {
        return ns / 1_000_000 + " ms";
    }
}
