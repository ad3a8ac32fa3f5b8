/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.function.BooleanSupplier;

/** Waits for a condition, bounded. */
final class Awaiting {
    private static final long BOUND_NANOS = 10_000_000_000L;

    private Awaiting() {}

    static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + BOUND_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("the condition did not come to hold within 10 s");
            }
            Thread.onSpinWait();
        }
    }
}
