/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * Memory of one rank's snapshots, beside the states themselves.
 *
 * @param announcedBytes what two slots need: twice the replicated states, this rank's shards and the shards that it
 *     keeps for others, cut as in the epoch that needs most of those so far, the launched group included
 * @param usedBytes what the slots have; never more than announced, less before both were used
 */
public record SnapshotMemory(long announcedBytes, long usedBytes) {}
