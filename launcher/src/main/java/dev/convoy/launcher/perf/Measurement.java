/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

/**
 * What all ranks together measured of a case, out of place or in place.
 *
 * @param microsEach time of an operation, averaged over the ranks
 * @param algorithmBandwidth GB/s, 1e9 bytes
 * @param busBandwidth GB/s, comparable with the hardware's
 * @param wrong elements of the results that were wrong; -1 if nothing was checked
 * @param wrongRanks how many ranks had one
 * @param iterations operations that were timed
 * @param latencies of all ranks' single operations
 */
record Measurement(
        double microsEach,
        double algorithmBandwidth,
        double busBandwidth,
        long wrong,
        int wrongRanks,
        long iterations,
        LatencySummary latencies) {}
