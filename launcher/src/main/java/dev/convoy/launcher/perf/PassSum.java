/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

/** Puts together what the ranks measured of a case, out of place or in place, as it comes. */
final class PassSum {
    private final Latencies latencies = new Latencies();
    private int ranks;
    private double micros;
    private long wrong;
    private int wrongRanks;
    private boolean checked = true;
    private long iterations;

    void add(PassResult result) {
        ranks++;
        micros += result.microsEach();
        checked &= result.wrong() != PassResult.UNCHECKED;
        wrong += result.wrong();
        wrongRanks += result.wrong() > 0 ? 1 : 0;
        iterations = result.iterations();
        latencies.add(result.latencies());
    }

    /** How many ranks' results it has. */
    int ranks() {
        return ranks;
    }

    /**
     * All ranks together.
     *
     * @param row the case
     */
    Measurement of(Case row) {
        double each = micros / ranks;
        // The whole of the data, also where the count is that of a part.
        double bytes = (double) row.shape(ranks).largestCount() * row.type().bytes();
        double algorithm = bytes / 1e3 / each;
        return new Measurement(
                each,
                algorithm,
                algorithm * row.collective().busFactor(ranks),
                checked ? wrong : PassResult.UNCHECKED,
                wrongRanks,
                iterations,
                latencies.summary());
    }
}
