/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

/**
 * A chunk of a stripe, or a part of it, that a rank gives for a computation.
 *
 * @param index which of the stripe's chunks: data from 0, parity after them
 * @param source the rank that has it
 * @param place where in the group's ring its owner was
 * @param bytes how many there are; what is lacking at the end counts as zeros
 */
record StripePart(int index, int source, int place, long bytes) {}
