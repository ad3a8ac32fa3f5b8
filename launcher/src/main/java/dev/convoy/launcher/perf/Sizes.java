/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.util.ArrayList;
import java.util.List;

/**
 * The sizes that are measured.
 *
 * @param from the first
 * @param to none is larger
 * @param factor from one to the next; 1 to add {@code step} instead
 * @param step bytes from one to the next
 */
record Sizes(long from, long to, long factor, long step) {
    /** A longer table is a mistake in the options. */
    static final int MOST = 100_000;

    List<Long> all() {
        List<Long> sizes = new ArrayList<>();
        long size = from;
        while (size <= to && sizes.size() <= MOST) {
            sizes.add(size);
            long next = factor > 1 ? size * factor : size + step;
            if (next <= size) {
                break;
            }
            size = next;
        }
        return sizes;
    }

    long largest() {
        return all().getLast();
    }

    String toArgument() {
        return from + ":" + to + ":" + factor + ":" + step;
    }

    static Sizes parse(String argument) {
        String[] parts = argument.split(":");
        return new Sizes(
                Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]));
    }
}
