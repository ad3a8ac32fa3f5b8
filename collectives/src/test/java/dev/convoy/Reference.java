/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.Arrays;
import java.util.List;

/** What collectives must give, computed from all ranks' elements in plain Java. */
final class Reference {
    private Reference() {}

    static double[] reduce(DataType type, ReduceOp op, List<double[]> ofRanks) {
        double[] result = ofRanks.getFirst().clone();
        for (double[] values : ofRanks.subList(1, ofRanks.size())) {
            for (int i = 0; i < result.length; i++) {
                result[i] = switch (op) {
                    case SUM, AVG -> result[i] + values[i];
                    case PROD -> result[i] * values[i];
                    case MAX -> Math.max(result[i], values[i]);
                    case MIN -> Math.min(result[i], values[i]);
                };
            }
        }
        double[] reduced = op == ReduceOp.AVG ? divide(type, result, ofRanks.size()) : result;
        // Integers wrap as their type does; what is small enough is the same after the round trip.
        return Elements.decode(type, Elements.encode(type, reduced));
    }

    private static double[] divide(DataType type, double[] sums, int by) {
        return Arrays.stream(sums)
                .map(sum -> Elements.isFloating(type) ? sum / by : (double) ((long) sum / by))
                .toArray();
    }

    static double[] concatenate(List<double[]> ofRanks) {
        return ofRanks.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    static double[] part(double[] values, int index, int parts) {
        int size = values.length / parts;
        return Arrays.copyOfRange(values, index * size, (index + 1) * size);
    }

    /** What rank {@code rank} receives when all send part i to rank i. */
    static double[] allToAll(List<double[]> ofRanks, int rank) {
        return concatenate(ofRanks.stream()
                .map(values -> part(values, rank, ofRanks.size()))
                .toList());
    }
}
