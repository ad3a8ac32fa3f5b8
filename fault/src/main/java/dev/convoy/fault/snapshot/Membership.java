/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.Communicator;
import dev.convoy.fault.protocol.FailureDomains;

/**
 * This rank's place in an epoch.
 *
 * @param epoch the epoch
 * @param rank this rank
 * @param worldSize members
 * @param communicator the epoch's communicator
 * @param domains on which nodes the ranks are
 */
public record Membership(long epoch, int rank, int worldSize, Communicator communicator, FailureDomains domains) {
    /**
     * A place in an epoch on one node.
     *
     * @param epoch the epoch
     * @param rank this rank
     * @param worldSize members
     * @param communicator the epoch's communicator
     */
    public Membership(long epoch, int rank, int worldSize, Communicator communicator) {
        this(epoch, rank, worldSize, communicator, FailureDomains.ONE);
    }

    /**
     * The same place, with another communicator of the same members.
     *
     * @param other the communicator
     * @return the changed membership
     */
    public Membership withCommunicator(Communicator other) {
        return new Membership(epoch, rank, worldSize, other, domains);
    }
}
