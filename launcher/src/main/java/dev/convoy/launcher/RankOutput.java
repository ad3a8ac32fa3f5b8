/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

/** What becomes of the lines that ranks write. Lines stay whole; each carries the rank's number in front. */
public enum RankOutput {
    /** Both streams are shown, each line as {@code [rank 2] text}, standard output on standard output. */
    ALL,
    /** Standard error is shown as {@code [rank 2] text}; standard output is dropped. */
    ERRORS
}
