/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.util.Optional;

/** A line that a rank's process wrote. */
sealed interface RankLine {
    /** Begins each of our lines: a library may print to standard output, too. */
    String MARK = "\u0001convoy ";

    /** The unique id, from rank 0. */
    record Id(String hex) implements RankLine {}

    /** A rank has opened its runtime. */
    record Ready(int rank, long pid, int device, String runtime, String version) implements RankLine {}

    /** A rank has measured something. */
    record Pass(int rank, PassResult result) implements RankLine {}

    /** A rank cannot go on. */
    record Failed(int rank, String kind, String message) implements RankLine {}

    /** A rank has measured everything. */
    record Done(int rank) implements RankLine {}

    /**
     * Reads a line.
     *
     * @param line the line
     * @return what it says; empty if it is not one of ours
     * @throws IllegalArgumentException if it is one of ours, and damaged
     */
    static Optional<RankLine> parse(String line) {
        int at = line.indexOf(MARK);
        if (at < 0) {
            return Optional.empty();
        }
        String[] word = line.substring(at + MARK.length()).split(" ", 2);
        return Optional.of(
                switch (word[0]) {
                    case "id" -> new Id(word[1]);
                    case "ready" -> ready(word[1].split(" "));
                    case "pass" -> pass(word[1].split(" ", 2));
                    case "failed" -> failed(word[1].split(" ", 3));
                    case "done" -> new Done(Integer.parseInt(word[1]));
                    default -> throw new IllegalArgumentException("not a line of a rank: " + line);
                });
    }

    private static Ready ready(String[] words) {
        return new Ready(
                Integer.parseInt(words[0]), Long.parseLong(words[1]), Integer.parseInt(words[2]), words[3], words[4]);
    }

    private static Pass pass(String[] words) {
        return new Pass(Integer.parseInt(words[0]), PassResult.parse(words[1]));
    }

    private static Failed failed(String[] words) {
        return new Failed(Integer.parseInt(words[0]), words[1], words[2]);
    }
}
