/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A file at which the ranks wait until the test lets them go on: conditions instead of times. */
final class Gate {
    static final String PROPERTY = "CONVOY_TEST_GATE";
    /** Of the gate at which spares wait before they connect. */
    static final String SPARES = "CONVOY_TEST_SPARE_GATE";

    private static final long BOUND_NS = 60_000_000_000L;

    private Gate() {}

    /** Waits until the file is there, at once if no gate is set. */
    static void pass() {
        pass(PROPERTY);
    }

    static void pass(String property) {
        String gate = System.getenv(property);
        long end = System.nanoTime() + BOUND_NS;
        while (gate != null && !Files.exists(Path.of(gate))) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the gate " + gate + " was not opened");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
