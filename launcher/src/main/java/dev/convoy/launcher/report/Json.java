/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Writes JSON, indented, with a newline at its end. The generator alone: binding by reflection costs start-up time. */
public final class Json {
    private Json() {}

    /** Writes one value. */
    public interface Value {
        /**
         * Writes the value.
         *
         * @param json where to
         * @throws IOException never in practice: the text goes to memory
         */
        void write(JsonGenerator json) throws IOException;
    }

    /**
     * Writes one value as text.
     *
     * @param value the value
     * @return UTF-8
     * @throws IOException if the value throws it
     */
    public static byte[] write(Value value) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
            value.write(json);
            json.writeRaw('\n');
        }
        return text.toByteArray();
    }

    /**
     * Writes a number, or null for what is not known or no number that JSON has.
     *
     * @param json where to
     * @param name name of the field
     * @param value the number, or null
     * @throws IOException if the generator throws it
     */
    public static void number(JsonGenerator json, String name, Number value) throws IOException {
        json.writeFieldName(name);
        switch (value) {
            case null -> json.writeNull();
            case Double real when !Double.isFinite(real) -> json.writeNull();
            case Double real -> json.writeNumber(real);
            default -> json.writeNumber(value.longValue());
        }
    }
}
