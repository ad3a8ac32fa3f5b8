/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

/**
 * What one rank measured of a case, out of place or in place.
 *
 * @param index of the case
 * @param inPlace whether send and receive buffer were one
 * @param iterations operations that were timed
 * @param nanos that all of them took
 * @param wrong elements of the result; -1 if nothing was checked
 * @param latencies of single operations
 */
record PassResult(int index, boolean inPlace, long iterations, long nanos, long wrong, Latencies latencies) {
    static final long UNCHECKED = -1;

    double microsEach() {
        return nanos / 1e3 / iterations;
    }

    String toText() {
        return index + " " + inPlace + " " + iterations + " " + nanos + " " + wrong + " " + latencies.toText();
    }

    static PassResult parse(String text) {
        String[] parts = text.split(" ");
        return new PassResult(
                Integer.parseInt(parts[0]),
                Boolean.parseBoolean(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                Long.parseLong(parts[4]),
                Latencies.parse(parts[5]));
    }
}
