/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/** An error as one line that fits a record to the coordinator. */
final class OneLine {
    private static final int MOST = 2_000;

    private OneLine() {}

    static String of(Throwable error) {
        String text = String.valueOf(error).replaceAll("\\s+", " ").strip();
        return text.length() <= MOST ? text : text.substring(0, MOST) + " …";
    }
}
