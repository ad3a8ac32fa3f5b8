/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.convoy.launcher.report.Json;
import java.io.IOException;
import java.util.List;

/**
 * A run as JSON. The names of its fields are fixed; what was not measured is null.
 *
 * @param version version of Convoy
 * @param runtime host or cuda
 * @param library version of NCCL
 * @param ranks how many took part
 * @param rows what was measured
 */
record PerfReport(String version, String runtime, String library, int ranks, List<Row> rows) {
    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("convoy", version);
        json.writeStringField("runtime", runtime);
        json.writeStringField("library", library);
        json.writeNumberField("ranks", ranks);
        json.writeArrayFieldStart("rows");
        for (Row row : rows) {
            writeRow(json, row);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeRow(JsonGenerator json, Row row) throws IOException {
        Case of = row.of();
        Shape shape = of.shape(ranks);
        json.writeStartObject();
        json.writeStringField("op", of.collective().title());
        json.writeNumberField("bytes", shape.largestCount() * of.type().bytes());
        json.writeNumberField("count", shape.count());
        json.writeStringField("type", ElementTypes.nameOf(of.type()));
        json.writeStringField("redop", Table.opName(of));
        json.writeNumberField("root", of.root());
        writeMeasurement(json, "outOfPlace", row.outOfPlace());
        writeMeasurement(json, "inPlace", row.inPlace());
        json.writeEndObject();
    }

    private static void writeMeasurement(JsonGenerator json, String name, Measurement of) throws IOException {
        if (of == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        Json.number(json, "timeUs", of.microsEach());
        Json.number(json, "p50Us", of.latencies().p50());
        Json.number(json, "p99Us", of.latencies().p99());
        Json.number(json, "algbwGBs", of.algorithmBandwidth());
        Json.number(json, "busbwGBs", of.busBandwidth());
        Json.number(json, "wrong", of.wrong() == PassResult.UNCHECKED ? null : (Long) of.wrong());
        Json.number(json, "iterations", of.iterations());
        json.writeEndObject();
    }
}
