/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import java.io.PrintStream;

/** What a run claims; says whether it held. */
final class Expectation {
    private final PrintStream out;
    private boolean allHeld = true;

    Expectation(PrintStream out) {
        this.out = out;
    }

    /** Prints a claim with what was found. */
    void expect(boolean held, String claim, String found) {
        out.println((held ? "held: " : "FAILED: ") + claim + " (" + found + ")");
        allHeld &= held;
    }

    /** 0 if all held, else 1. */
    int exitStatus() {
        return allHeld ? 0 : 1;
    }
}
