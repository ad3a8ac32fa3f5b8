/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

/**
 * What is kept of {@link Latencies}, which are too large to be kept for each of a thousand rows. In microseconds.
 *
 * @param p50 the median
 * @param p90 what nine of ten do not exceed
 * @param p99 what 99 of 100 do not exceed
 * @param p999 what 999 of 1000 do not exceed
 * @param max the greatest
 * @param samples how many there are; without any the others are 0
 */
record LatencySummary(double p50, double p90, double p99, double p999, double max, long samples) {}
