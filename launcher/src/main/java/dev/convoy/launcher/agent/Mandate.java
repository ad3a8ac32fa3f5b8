/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.CoordinatorRecord;

/** On what grounds an agent leads, and for how long. */
interface Mandate {
    /** Without a store there is nobody else who could. */
    Mandate SOLE = new Mandate() {
        @Override
        public long term() {
            return 0;
        }

        @Override
        public boolean isLost() {
            return false;
        }

        @Override
        public boolean keep(CoordinatorRecord record, Runnable meanwhile) {
            return true;
        }

        @Override
        public boolean conclude(int exitStatus, String message) {
            return true;
        }

        @Override
        public void resign() {
            // Nobody could follow.
        }
    };

    /** The fencing token; 0 without a store. */
    long term();

    /** Whether another agent may lead by now: then nothing may be done any more. Never again false. Thread-safe. */
    boolean isLost();

    /**
     * Keeps what a successor needs, before what follows from it is carried out. Where that takes too long although this
     * agent leads, it gives up its mandate.
     *
     * @param meanwhile called every now and then as long as it takes
     * @return false if that did not succeed while this agent led
     */
    boolean keep(CoordinatorRecord record, Runnable meanwhile) throws InterruptedException;

    /**
     * The job is over, and nobody shall take over.
     *
     * @return false if somebody else leads, or may soon
     */
    boolean conclude(int exitStatus, String message) throws InterruptedException;

    /** Lets another one be elected at once. */
    void resign();
}
