/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The command line.
 *
 * @param rounds how often everything is measured
 * @param quick fewer sizes, less time for each
 * @param write replace the tables in docs/RESULTS.md
 * @param install install what is missing
 */
record Options(int rounds, boolean quick, boolean write, boolean install) {
    static final String USAGE = "usage: benchmarks/side-by-side/run [--rounds R] [--quick] [--write] [--install]";
    private static final int MOST_ROUNDS = 100;

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException if something is wrong with it; the message says what
     */
    static Options parse(String[] arguments) {
        int rounds = 0;
        boolean quick = false;
        boolean write = false;
        boolean install = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--rounds" -> rounds = rounds(++i < arguments.length ? arguments[i] : "nothing");
                case "--quick" -> quick = true;
                case "--write" -> write = true;
                case "--install" -> install = true;
                default -> throw new IllegalArgumentException(arguments[i] + ": no such option; " + USAGE);
            }
        }
        return new Options(rounds > 0 ? rounds : quick ? 1 : 3, quick, write, install);
    }

    private static int rounds(String text) {
        if (text.matches("[1-9]\\d{0,2}") && Integer.parseInt(text) <= MOST_ROUNDS) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("--rounds " + text + ": must be a number, 1 to " + MOST_ROUNDS);
    }

    Plan plan() {
        return quick ? Plan.quick(rounds) : Plan.complete(rounds);
    }
}
