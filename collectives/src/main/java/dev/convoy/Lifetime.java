/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whether a native object is still there. With {@code -Dconvoy.trace=true} a use after the end shows where the object
 * was made and where it was closed.
 */
final class Lifetime {
    private static final boolean TRACE = Boolean.getBoolean("convoy.trace");
    private static final VarHandle ENDED;

    static {
        try {
            ENDED = MethodHandles.lookup().findVarHandle(Lifetime.class, "ended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Throwable made = TRACE ? new Throwable("made here") : null;
    private volatile boolean ended;
    private volatile Throwable end;

    /** Ends it; true for the first caller only. */
    boolean end() {
        boolean first = ENDED.compareAndSet(this, false, true);
        if (first && TRACE) {
            end = new Throwable("closed here", made);
        }
        return first;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Throws if it has ended; {@code owner} is described only then. */
    void check(Object owner) {
        if (ended) {
            throw new IllegalStateException(owner + " is closed", end);
        }
    }
}
