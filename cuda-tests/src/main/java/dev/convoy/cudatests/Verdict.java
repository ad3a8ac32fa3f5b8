/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

/**
 * What became of a trial.
 *
 * @param outcome which of the three
 * @param detail one line: what was shown, what is wrong, or why it did not run
 */
public record Verdict(Outcome outcome, String detail) {
    private static final String MARK = "verdict ";

    /** The three ways in which a trial ends. */
    public enum Outcome {
        /** It ran, and everything was as it should be. */
        PASS,
        /** It ran, and something was not. */
        FAIL,
        /** It did not run. */
        SKIP
    }

    /** Makes the detail one line. */
    public Verdict {
        detail = detail.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    static Verdict pass(String detail) {
        return new Verdict(Outcome.PASS, detail);
    }

    static Verdict fail(String detail) {
        return new Verdict(Outcome.FAIL, detail);
    }

    static Verdict skip(String reason) {
        return new Verdict(Outcome.SKIP, reason);
    }

    /** The line by which a trial's process tells it. */
    String line() {
        return MARK + outcome + " " + detail;
    }

    static boolean isLine(String line) {
        return line.startsWith(MARK);
    }

    static Verdict parse(String line) {
        String[] parts = line.substring(MARK.length()).split(" ", 2);
        return new Verdict(Outcome.valueOf(parts[0]), parts.length == 1 ? "" : parts[1]);
    }
}
