/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.util.List;

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
        Latencies latencies) {
    /**
     * Puts the ranks' results together.
     *
     * @param row the case
     * @param results one of each rank
     */
    static Measurement of(Case row, List<PassResult> results) {
        int ranks = results.size();
        double micros =
                results.stream().mapToDouble(PassResult::microsEach).average().orElseThrow();
        // The whole of the data, also where the count is that of a part.
        double bytes = (double) row.shape(ranks).largestCount() * row.type().bytes();
        double algorithm = bytes / 1e3 / micros;
        Latencies latencies = new Latencies();
        results.forEach(result -> latencies.add(result.latencies()));
        boolean checked = results.getFirst().wrong() != PassResult.UNCHECKED;
        return new Measurement(
                micros,
                algorithm,
                algorithm * row.collective().busFactor(ranks),
                checked ? results.stream().mapToLong(PassResult::wrong).sum() : PassResult.UNCHECKED,
                (int) results.stream().filter(result -> result.wrong() > 0).count(),
                results.getFirst().iterations(),
                latencies);
    }

    double quantileMicros(double quantile) {
        return latencies.quantile(quantile) / 1e3;
    }
}
