/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;

/** An operation or the forming of a communicator took longer than its deadline. */
public final class CollectiveTimeoutException extends CommunicatorException {
    private static final long serialVersionUID = 1L;

    private final Duration deadline;

    CollectiveTimeoutException(ErrorDetails details, Duration deadline) {
        super(
                "not done within " + deadline.toMillis() + " ms; a rank is slow, stopped, dead,"
                        + " or did not make the same call",
                details);
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
