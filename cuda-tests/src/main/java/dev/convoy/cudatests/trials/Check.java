/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import java.util.Objects;

/** Assertions: what does not hold ends the trial. */
final class Check {
    private Check() {}

    static void that(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    static void equal(Object expected, Object actual, String what) {
        that(Objects.equals(expected, actual), what + ": " + actual + ", not " + expected);
    }

    /** Throws unless the code throws an exception of the type, which is returned. */
    static <T extends Throwable> T throwing(Class<T> type, String what, Runnable code) {
        try {
            code.run();
        } catch (Throwable e) {
            that(type.isInstance(e), what + " threw " + e + ", not " + type.getSimpleName());
            return type.cast(e);
        }
        throw new AssertionError(what + " threw nothing, not " + type.getSimpleName());
    }
}
