/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/**
 * Memory of a device.
 *
 * @param free bytes that can still be allocated
 * @param total bytes in all
 */
public record MemoryInfo(long free, long total) {}
