/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The part of docs/RESULTS.md that this benchmark writes: what lies between two markers. */
final class ResultsFile {
    private static final Path FILE = Path.of("docs", "RESULTS.md");
    private static final String BEGIN = "<!-- side-by-side:begin -->";
    private static final String END = "<!-- side-by-side:end -->";

    private ResultsFile() {}

    /**
     * Found before the first measurement, not after the last.
     *
     * @throws IOException if the markers are not there, once each and in order
     */
    static void check() throws IOException {
        replaced(Files.readString(FILE), "");
    }

    static void write(String tables) throws IOException {
        Files.writeString(FILE, replaced(Files.readString(FILE), tables));
    }

    private static String replaced(String text, String tables) throws IOException {
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin || begin != text.lastIndexOf(BEGIN) || end != text.lastIndexOf(END)) {
            throw new IOException(FILE + " needs one line " + BEGIN + " and after it one " + END);
        }
        return text.substring(0, begin + BEGIN.length()) + "\n" + tables.strip() + "\n" + text.substring(end);
    }
}
