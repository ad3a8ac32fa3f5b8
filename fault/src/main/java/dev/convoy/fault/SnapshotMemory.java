/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * Memory of one rank's snapshots, beside the states themselves.
 *
 * @param announcedBytes what two slots need in the group as it was launched: twice the replicated states, this rank's
 *     shards and the shards that it keeps for others
 * @param usedBytes what the slots have; more than announced once the group has shrunk, less before both were used
 */
public record SnapshotMemory(long announcedBytes, long usedBytes) {}
