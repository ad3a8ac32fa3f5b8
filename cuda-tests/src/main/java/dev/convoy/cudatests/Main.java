/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import java.util.Arrays;
import java.util.List;

/**
 * Shows on a machine with a GPU that Convoy does there what its tests show without one. Each result is a line that
 * begins with PASS, FAIL or SKIP; a trial that did not run says why.
 *
 * <p>Exit status: 0 if something was shown and nothing failed, 1 if something failed, 2 after a usage error, 3 if
 * nothing could run.
 */
public final class Main {
    private static final int USAGE = 2;

    /** First argument of a process that runs one trial. */
    static final String ONE = "--one";

    private Main() {}

    /**
     * Runs the trials.
     *
     * @param arguments the command line
     * @throws InterruptedException if somebody interrupts the main thread
     */
    public static void main(String[] arguments) throws InterruptedException {
        List<String> given = Arrays.asList(arguments);
        boolean isOne = !given.isEmpty() && given.getFirst().equals(ONE);
        Options options;
        try {
            options = Options.parse(isOne ? given.subList(1, given.size()) : given);
        } catch (IllegalArgumentException e) {
            System.err.println("cuda-tests: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        if (isOne) {
            // Ended by force in the end: a library may have threads that never end.
            Runtime.getRuntime().halt(new OneTrial(options).run());
        } else if (options.isList()) {
            options.trials().forEach(trial -> System.out.println(trial.name()));
        } else {
            System.exit(new Suite(options, System.out).run());
        }
    }
}
