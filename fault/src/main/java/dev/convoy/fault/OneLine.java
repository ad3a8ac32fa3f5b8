/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * An error as one line that fits a record to the coordinator. Without a pattern, which costs a recovery its loading.
 */
final class OneLine {
    private static final int MOST = 2_000;

    private OneLine() {}

    static String of(Throwable error) {
        String text = withoutBreaks(String.valueOf(error).strip());
        return text.length() <= MOST ? text : text.substring(0, MOST) + " …";
    }

    private static String withoutBreaks(String text) {
        StringBuilder line = new StringBuilder(text.length());
        boolean blank = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isWhitespace(c)) {
                line.append(blank ? " " : "").append(c);
            }
            blank = Character.isWhitespace(c);
        }
        return line.toString();
    }
}
