/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;

/** A stream or an event was not done within the bound of a wait. */
public final class DeviceTimeoutException extends ConvoyException {
    private static final long serialVersionUID = 1L;

    private final Duration deadline;

    DeviceTimeoutException(String what, Duration deadline) {
        super(what + " was not done within " + deadline.toMillis() + " ms", ErrorDetails.none(), null);
        this.deadline = deadline;
    }

    /**
     * The bound that was exceeded.
     *
     * @return the deadline of this wait
     */
    public Duration deadline() {
        return deadline;
    }
}
