/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * Memory of one rank's snapshots, beside the states themselves.
 *
 * @param announcedBytes what two slots need: twice the replicated states, this rank's shards and the shards or the
 *     parity that it keeps for others; and where there is parity, chunks of 1 MiB at most in which it is made, not more
 *     than 17. Cut as in the epoch that needs most of those so far, the launched group included
 * @param usedBytes what there is of it; never more than announced, less before both slots were used
 */
public record SnapshotMemory(long announcedBytes, long usedBytes) {}
