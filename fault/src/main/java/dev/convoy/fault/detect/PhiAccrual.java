/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

/**
 * Adaptive suspicion of one peer's heartbeats (Hayashibara 2004): φ = −log10(1 − F(time since the last one)), F the
 * normal distribution fitted to the intervals of a sliding window. φ = 8 means: if the peer lives, a silence this long
 * comes once in 10⁸.
 *
 * <p>φ never excludes a rank by itself; it only supports other evidence. Used by one thread.
 */
public final class PhiAccrual {
    /** Heartbeats before φ says anything. */
    public static final int MIN_HEARTBEATS = 10;

    private static final int WINDOW = 100;
    // Perfectly regular intervals would make every small delay infinitely suspicious.
    private static final double MIN_DEVIATION_NS = 20e6;
    private static final double TAIL_FROM = 3;
    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    private final long[] intervals = new long[WINDOW];
    private long heartbeats;
    private long lastNs;

    /** Starts without any heartbeat. */
    public PhiAccrual() {}

    /**
     * Takes a heartbeat.
     *
     * @param nowNs when it came in, nanoseconds of the detector's clock; must not go back
     */
    public void heartbeat(long nowNs) {
        if (heartbeats > 0) {
            intervals[(int) ((heartbeats - 1) % WINDOW)] = nowNs - lastNs;
        }
        heartbeats++;
        lastNs = nowNs;
    }

    /**
     * How suspicious the silence since the last heartbeat is.
     *
     * @param nowNs now, on the clock of {@link #heartbeat}
     * @return φ ≥ 0; 0 until {@link #MIN_HEARTBEATS} have come
     */
    public double phi(long nowNs) {
        if (heartbeats < MIN_HEARTBEATS) {
            return 0;
        }
        int n = (int) Math.min(heartbeats - 1, WINDOW);
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += (double) intervals[i] / n;
        }
        double variance = 0;
        for (int i = 0; i < n; i++) {
            variance += (intervals[i] - mean) * (intervals[i] - mean) / n;
        }
        double deviation = Math.max(MIN_DEVIATION_NS, Math.sqrt(variance));
        return Math.max(0, -log10UpperTail((nowNs - lastNs - mean) / deviation));
    }

    /** log10 of 1 − Φ(z); in the far tail by Laplace's continued fraction, where the plain value would be 0. */
    static double log10UpperTail(double z) {
        double logDensity = -0.5 * z * z - HALF_LOG_TWO_PI;
        if (z < TAIL_FROM) {
            return Math.log10(upperTailBySeries(z, Math.exp(logDensity)));
        }
        double fraction = z;
        for (int k = 60; k >= 1; k--) {
            fraction = z + k / fraction;
        }
        return (logDensity - Math.log(fraction)) / Math.log(10);
    }

    private static double upperTailBySeries(double z, double density) {
        if (z < -8) {
            return 1;
        }
        double term = z;
        double sum = z;
        for (int i = 3; Math.abs(term) > 1e-17; i += 2) {
            term *= z * z / i;
            sum += term;
        }
        return 0.5 - density * sum;
    }
}
