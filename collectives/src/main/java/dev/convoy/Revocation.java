/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.Objects;

/**
 * A switch that ends all waiting on the communicators made with it, from any thread and for good.
 *
 * <p>It is made before the communicator, so that it ends the communicator's initialisation, too:
 *
 * <pre>{@code
 * var revocation = new Revocation();
 * var options = CommunicatorOptions.defaults().withRevocation(revocation);
 * // the thread that drives the communicator        // any other thread
 * Communicator.init(device, id, n, rank, options);  revocation.revoke("rank 2 was lost");
 * }</pre>
 *
 * <p>It calls nothing native: whoever waits looks at it at least every millisecond.
 */
public final class Revocation {
    private volatile String reason;

    /** Makes a switch that is not thrown yet. */
    public Revocation() {}

    /**
     * Throws the switch. Later calls change nothing.
     *
     * @param reason why, for the exceptions of those who wait
     */
    public synchronized void revoke(String reason) {
        Objects.requireNonNull(reason, "reason");
        if (this.reason == null) {
            this.reason = reason;
        }
    }

    /**
     * Tells whether the switch was thrown.
     *
     * @return whether {@link #revoke(String)} was called
     */
    public boolean isRevoked() {
        return reason != null;
    }

    /**
     * Why the switch was thrown.
     *
     * @return the first reason given, or null if it was not thrown
     */
    public String reason() {
        return reason;
    }
}
