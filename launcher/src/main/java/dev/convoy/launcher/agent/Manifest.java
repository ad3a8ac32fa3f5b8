/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.fault.protocol.StoredPart;
import dev.convoy.fault.protocol.Version;
import dev.convoy.launcher.report.AtomicFile;
import dev.convoy.launcher.report.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The file that makes a durable version exist: lists its parts with their checksums. */
final class Manifest {
    static final String NAME = "MANIFEST";

    private Manifest() {}

    static void write(Path folder, Version version, int worldSize, int shardCount, List<StoredPart> parts)
            throws IOException {
        byte[] text = Json.write(json -> {
            json.writeStartObject();
            json.writeNumberField("epoch", version.epoch());
            json.writeNumberField("step", version.step());
            json.writeNumberField("worldSize", worldSize);
            json.writeNumberField("shardCount", shardCount);
            json.writeArrayFieldStart("parts");
            for (StoredPart part : parts) {
                writePart(json, part);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        AtomicFile.write(folder.resolve(NAME), text);
    }

    /** A part as the manifest has it. */
    record Part(String file, long bytes, String sha256) {}

    /**
     * Reads the parts.
     *
     * @throws IOException if the manifest cannot be read, or is none
     */
    static List<Part> read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        List<Part> parts = new ArrayList<>();
        for (JsonNode part : new ObjectMapper().readTree(file.toFile()).path("parts")) {
            String name = part.path("file").asText();
            if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0) {
                throw new IOException(file + " names a part \"" + name + "\"");
            }
            parts.add(new Part(
                    name, part.path("bytes").asLong(-1), part.path("sha256").asText()));
        }
        if (parts.isEmpty()) {
            throw new IOException(file + " names no parts");
        }
        return parts;
    }

    private static void writePart(JsonGenerator json, StoredPart part) throws IOException {
        json.writeStartObject();
        json.writeNumberField("rank", part.member().launchRank());
        json.writeStringField("file", part.file());
        json.writeNumberField("bytes", part.bytes());
        json.writeStringField("sha256", part.sha256());
        json.writeEndObject();
    }
}
