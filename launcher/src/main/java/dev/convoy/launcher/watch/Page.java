/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The page: one file that needs nothing else. Live it asks for its data; as a file it carries them. */
final class Page {
    private static final String PLACE = "/*DATA*/null";

    private Page() {}

    static byte[] live() throws IOException {
        try (InputStream in = Page.class.getResourceAsStream("page.html")) {
            if (in == null) {
                throw new IOException("the page is missing from this build");
            }
            return in.readAllBytes();
        }
    }

    /** The page with a state in it. */
    static byte[] with(byte[] state) throws IOException {
        String page = new String(live(), StandardCharsets.UTF_8);
        // Within a script element only this could end it.
        String data = new String(state, StandardCharsets.UTF_8).replace("<", "\\u003c");
        int at = page.indexOf(PLACE);
        if (at < 0) {
            throw new IOException("the page has no place for its data");
        }
        return (page.substring(0, at) + data + page.substring(at + PLACE.length())).getBytes(StandardCharsets.UTF_8);
    }
}
