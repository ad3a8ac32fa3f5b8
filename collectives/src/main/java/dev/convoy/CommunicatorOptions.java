/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;
import java.util.Objects;

/**
 * How a communicator behaves.
 *
 * @param deadline bound of the wait for one operation
 * @param initDeadline bound of forming the communicator; a rank that never comes is an error after it. And of NCCL's
 *     taking it down
 * @param blocking whether native calls block, so that {@code initDeadline} and revocation do not end them; NCCL is a
 *     little faster that way
 * @param name what messages call it
 * @param epoch number of the membership that it belongs to, for messages
 * @param revocation ends its initialisation and its waits from other threads; null for one of its own
 */
public record CommunicatorOptions(
        Duration deadline, Duration initDeadline, boolean blocking, String name, long epoch, Revocation revocation) {
    private static final CommunicatorOptions DEFAULTS =
            new CommunicatorOptions(Duration.ofSeconds(30), Duration.ofSeconds(60), false, "world", 0, null);

    /**
     * Checks the options.
     *
     * @param deadline bound of the wait for one operation
     * @param initDeadline bound of forming the communicator
     * @param blocking whether native calls block
     * @param name what messages call it
     * @param epoch number of the membership that it belongs to
     * @param revocation ends its initialisation and its waits; may be null
     * @throws IllegalArgumentException if a deadline is not positive
     */
    public CommunicatorOptions {
        Objects.requireNonNull(name, "name");
        positive("deadline", deadline);
        positive("initDeadline", initDeadline);
    }

    /**
     * Operations within 30 s, initialisation within 60 s, not blocking, the name "world", epoch 0.
     *
     * @return the defaults
     */
    public static CommunicatorOptions defaults() {
        return DEFAULTS;
    }

    /**
     * With another bound for operations.
     *
     * @param deadline bound of the wait for one operation
     * @return the changed options
     */
    public CommunicatorOptions withDeadline(Duration deadline) {
        return new CommunicatorOptions(deadline, initDeadline, blocking, name, epoch, revocation);
    }

    /**
     * With another bound for forming the communicator.
     *
     * @param initDeadline bound of forming the communicator
     * @return the changed options
     */
    public CommunicatorOptions withInitDeadline(Duration initDeadline) {
        return new CommunicatorOptions(deadline, initDeadline, blocking, name, epoch, revocation);
    }

    /**
     * With native calls that block, or do not.
     *
     * @param blocking whether they block
     * @return the changed options
     */
    public CommunicatorOptions withBlocking(boolean blocking) {
        return new CommunicatorOptions(deadline, initDeadline, blocking, name, epoch, revocation);
    }

    /**
     * With another name.
     *
     * @param name what messages call the communicator
     * @return the changed options
     */
    public CommunicatorOptions withName(String name) {
        return new CommunicatorOptions(deadline, initDeadline, blocking, name, epoch, revocation);
    }

    /**
     * With another epoch.
     *
     * @param epoch number of the membership that the communicator belongs to
     * @return the changed options
     */
    public CommunicatorOptions withEpoch(long epoch) {
        return new CommunicatorOptions(deadline, initDeadline, blocking, name, epoch, revocation);
    }

    /**
     * With a switch that ends the communicator's initialisation and waits.
     *
     * @param revocation the switch
     * @return the changed options
     */
    public CommunicatorOptions withRevocation(Revocation revocation) {
        return new CommunicatorOptions(deadline, initDeadline, blocking, name, epoch, revocation);
    }

    private static void positive(String what, Duration bound) {
        if (!bound.isPositive()) {
            throw new IllegalArgumentException(what + " must be positive, not " + bound);
        }
    }
}
