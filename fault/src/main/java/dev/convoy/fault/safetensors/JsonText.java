/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.safetensors;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON of objects, arrays, strings and whole numbers, which is all that a header has: a rank loads no third-party
 * class. Strict; a key that comes twice is an error.
 */
public final class JsonText {
    private static final int MOST_LEVELS = 16;

    private final String text;
    private int at;
    private int level;

    private JsonText(String text) {
        this.text = text;
    }

    /**
     * Reads an object.
     *
     * @param text the object, perhaps with white space around it
     * @return its fields in their order: {@code Map}, {@code List}, {@code String} or {@code Long}
     * @throws IOException if it is anything else
     */
    public static Map<String, Object> object(String text) throws IOException {
        JsonText json = new JsonText(text);
        json.skipSpace();
        Map<String, Object> object = json.object();
        json.skipSpace();
        if (json.at != text.length()) {
            throw json.wrong("the end");
        }
        return object;
    }

    private Object value() throws IOException {
        if (++level > MOST_LEVELS) {
            throw wrong("at most " + MOST_LEVELS + " levels");
        }
        Object value = switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            default -> number();
        };
        level--;
        return value;
    }

    private Map<String, Object> object() throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        take('{');
        if (!takeIf('}')) {
            do {
                skipSpace();
                String key = string();
                take(':');
                skipSpace();
                if (fields.put(key, value()) != null) {
                    throw new IOException("the key \"" + key + "\" comes twice");
                }
            } while (takeIf(','));
            take('}');
        }
        return fields;
    }

    private List<Object> array() throws IOException {
        List<Object> elements = new ArrayList<>();
        take('[');
        if (!takeIf(']')) {
            do {
                skipSpace();
                elements.add(value());
            } while (takeIf(','));
            take(']');
        }
        return elements;
    }

    private Long number() throws IOException {
        int begin = at;
        while (at < text.length() && (Character.digit(text.charAt(at), 10) >= 0 || text.charAt(at) == '-')) {
            at++;
        }
        try {
            return Long.valueOf(text.substring(begin, at));
        } catch (NumberFormatException e) {
            throw wrong("a whole number");
        }
    }

    private String string() throws IOException {
        take('"');
        StringBuilder content = new StringBuilder();
        while (peek() != '"') {
            char next = text.charAt(at++);
            if (next < ' ') {
                throw wrong("no control character in a string");
            }
            content.append(next == '\\' ? escaped() : next);
        }
        at++;
        return content.toString();
    }

    private char escaped() throws IOException {
        char code = peek();
        at++;
        return switch (code) {
            case '"', '\\', '/' -> code;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("an escape");
        };
    }

    private char unicode() throws IOException {
        if (at + 4 > text.length()) {
            throw wrong("four hexadecimal digits");
        }
        try {
            char code = (char) Integer.parseUnsignedInt(text.substring(at, at + 4), 16);
            at += 4;
            return code;
        } catch (NumberFormatException e) {
            throw wrong("four hexadecimal digits");
        }
    }

    private char peek() throws IOException {
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at);
    }

    private void take(char expected) throws IOException {
        skipSpace();
        if (peek() != expected) {
            throw wrong("'" + expected + "'");
        }
        at++;
    }

    private boolean takeIf(char expected) throws IOException {
        skipSpace();
        boolean found = peek() == expected;
        at += found ? 1 : 0;
        return found;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IOException wrong(String expected) {
        return new IOException("damaged JSON: " + expected + " expected at character " + at);
    }

    /** Writes a string with its quotes. */
    static String quoted(String content) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < content.length(); i++) {
            char next = content.charAt(i);
            if (next == '"' || next == '\\') {
                quoted.append('\\').append(next);
            } else if (next < ' ' || Character.isSurrogate(next)) {
                quoted.append(String.format("\\u%04x", (int) next));
            } else {
                quoted.append(next);
            }
        }
        return quoted.append('"').toString();
    }
}
