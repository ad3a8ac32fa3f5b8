/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Snapshots in the memory of peers: two slots of pinned memory a rank, replication and commit over the communicator,
 * restore at another world size, durable parts. Internal to the module.
 */
package dev.convoy.fault.snapshot;
