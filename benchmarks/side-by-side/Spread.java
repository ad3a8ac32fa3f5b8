/* SPDX-License-Identifier: Apache-2.0 */

import java.util.List;
import java.util.Locale;

/**
 * What several rounds gave for one figure.
 *
 * @param median of all
 * @param lowest of all
 * @param highest of all
 */
record Spread(double median, double lowest, double highest) {
    static Spread of(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    @Override
    public String toString() {
        return lowest == highest
                ? digits(median)
                : digits(median) + " (" + digits(lowest) + "–" + digits(highest) + ")";
    }

    /** Three digits that mean something, never an exponent. */
    static String digits(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
