/* SPDX-License-Identifier: Apache-2.0 */

import java.util.List;
import java.util.stream.Stream;

/**
 * Which figures are measured, and for how long.
 *
 * @param ranks numbers of ranks
 * @param sizes in bytes, from 64 KiB on
 * @param seconds about how long a peer measures one figure; Convoy decides for itself, and takes 0.1 s
 * @param rounds how often all of it is done
 */
record Plan(List<Integer> ranks, List<Long> sizes, double seconds, int rounds) {
    private static final long SMALLEST = 8;
    /** Of a sharded operation: 16 bytes for each of four ranks. */
    private static final long SMALLEST_SHARDED = 64;

    static Plan complete(int rounds) {
        return new Plan(List.of(2, 4), List.of(64L << 10, 1L << 20, 16L << 20, 128L << 20), 0.1, rounds);
    }

    static Plan quick(int rounds) {
        return new Plan(List.of(2, 4), List.of(64L << 10, 1L << 20, 16L << 20), 0.03, rounds);
    }

    static long smallest(String operation) {
        return Figure.isSharded(operation) ? SMALLEST_SHARDED : SMALLEST;
    }

    /** Every size that some operation has. */
    List<Long> allSizes() {
        return concat(List.of(SMALLEST, SMALLEST_SHARDED));
    }

    List<Long> sizesOf(String operation) {
        return concat(List.of(smallest(operation)));
    }

    boolean contains(Figure figure) {
        return ranks.contains(figure.ranks())
                && Figure.OPERATIONS.contains(figure.operation())
                && sizesOf(figure.operation()).contains(figure.bytes());
    }

    private List<Long> concat(List<Long> first) {
        return Stream.concat(first.stream(), sizes.stream()).toList();
    }
}
