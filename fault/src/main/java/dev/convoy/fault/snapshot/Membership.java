/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.Communicator;

/**
 * This rank's place in an epoch.
 *
 * @param epoch the epoch
 * @param rank this rank
 * @param worldSize members
 * @param communicator the epoch's communicator
 */
public record Membership(long epoch, int rank, int worldSize, Communicator communicator) {}
