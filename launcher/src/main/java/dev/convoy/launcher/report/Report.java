/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.fault.protocol.Version;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A job's report. The names of its fields are fixed; what is not known is null.
 *
 * @param version version of Convoy
 * @param request what was run
 * @param result how it ended
 * @param worldSize ranks of the last epoch; 0 if none was formed
 * @param memories what each rank's snapshots need and have
 * @param continuedFrom the durable version of an earlier job that this one went on from, if it did
 */
public record Report(
        String version,
        JobRequest request,
        JobResult result,
        int worldSize,
        SnapshotMemories memories,
        Optional<Version> continuedFrom) {
    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("convoy", version);
        json.writeStringField("runtime", result.runtime());
        json.writeNumberField("ranks", request.ranks());
        json.writeNumberField("seed", request.seed());
        Json.number(json, "steps", request.steps() < 0 ? null : request.steps());
        RunSummary summary = result.summary().orElse(null);
        writeFinal(json, summary);
        writeSamples(json, summary);
        writeVetoes(json, summary);
        writeContinued(json);
        writeWarnings(json);
        json.writeArrayFieldStart("incidents");
        for (Incident incident : result.incidents()) {
            writeIncident(json, incident, result.diagnosis(incident));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("changes");
        for (MembershipChange change : result.changes()) {
            writeChange(json, change);
        }
        json.writeEndArray();
        memories.write(json);
        json.writeEndObject();
    }

    private static void writeChange(JsonGenerator json, MembershipChange change) throws IOException {
        json.writeStartObject();
        json.writeNumberField("epoch", change.epoch());
        writeRanks(json, "joined", change.joined());
        writeRanks(json, "left", change.left());
        Json.number(json, "askedAtNs", change.askedAtNs());
        Json.number(json, "stoppedAtNs", change.stoppedAtNs());
        Json.number(json, "agreedAtNs", change.agreedAtNs());
        Json.number(json, "rebuiltAtNs", change.rebuiltAtNs());
        Json.number(json, "restoredAtNs", change.restoredAtNs());
        Json.number(json, "resumedAtNs", change.resumedAtNs());
        Json.number(json, "step", change.step());
        Json.number(json, "worldSize", change.worldSize());
        json.writeEndObject();
    }

    private static void writeRanks(JsonGenerator json, String name, List<Integer> ranks) throws IOException {
        json.writeFieldName(name);
        json.writeArray(ranks.stream().mapToInt(Integer::intValue).toArray(), 0, ranks.size());
    }

    private void writeFinal(JsonGenerator json, RunSummary summary) throws IOException {
        json.writeObjectFieldStart("final");
        Integer lastWorldSize = worldSize == 0 ? null : (Integer) worldSize;
        Json.number(json, "worldSize", summary == null ? lastWorldSize : (Integer) summary.worldSize());
        Json.number(json, "step", summary == null ? null : (Long) summary.step());
        Json.number(json, "testAccuracy", summary == null ? null : summary.testAccuracy());
        json.writeStringField("parametersSha256", summary == null ? null : summary.parametersSha256());
        writeLosses(json, summary == null ? null : summary.lossHistory());
        json.writeEndObject();
    }

    private static void writeLosses(JsonGenerator json, double[] losses) throws IOException {
        json.writeFieldName("lossHistory");
        if (losses == null) {
            json.writeNull();
            return;
        }
        json.writeStartArray();
        for (double loss : losses) {
            // JSON has no infinity and no NaN; a diverged loss stays visible as null.
            if (Double.isFinite(loss)) {
                json.writeNumber(loss);
            } else {
                json.writeNull();
            }
        }
        json.writeEndArray();
    }

    private static void writeSamples(JsonGenerator json, RunSummary summary) throws IOException {
        json.writeObjectFieldStart("samples");
        Json.number(json, "consumed", counted(summary == null ? -1 : summary.consumed()));
        Json.number(json, "skipped", counted(summary == null ? -1 : summary.skipped()));
        Json.number(json, "duplicated", counted(summary == null ? -1 : summary.duplicated()));
        json.writeStringField("sha256", summary == null ? null : summary.samplesSha256());
        json.writeEndObject();
    }

    private static void writeVetoes(JsonGenerator json, RunSummary summary) throws IOException {
        json.writeObjectFieldStart("vetoes");
        Json.number(json, "steps", counted(summary == null ? -1 : summary.vetoedSteps()));
        Json.number(json, "samples", counted(summary == null ? -1 : summary.vetoedSamples()));
        json.writeEndObject();
    }

    private void writeContinued(JsonGenerator json) throws IOException {
        json.writeFieldName("continuedFrom");
        if (continuedFrom.isEmpty()) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeNumberField("epoch", continuedFrom.get().epoch());
        json.writeNumberField("step", continuedFrom.get().step());
        json.writeEndObject();
    }

    private static Long counted(long value) {
        return value < 0 ? null : (Long) value;
    }

    private void writeWarnings(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("warnings");
        for (String warning : result.warnings()) {
            json.writeString(warning);
        }
        json.writeEndArray();
    }

    private static void writeIncident(JsonGenerator json, Incident incident, String diagnosis) throws IOException {
        json.writeStartObject();
        json.writeNumberField("epoch", incident.epoch());
        json.writeStringField("cause", incident.cause().label());
        writeRanks(json, "ranks", incident.ranks());
        json.writeStringField("detectedBy", incident.detectedBy().label());
        Json.number(json, "faultAtNs", incident.faultAtNs());
        Json.number(json, "detectedAtNs", incident.detectedAtNs());
        Json.number(json, "abortedAtNs", incident.abortedAtNs());
        Json.number(json, "agreedAtNs", incident.agreedAtNs());
        Json.number(json, "rebuiltAtNs", incident.rebuiltAtNs());
        Json.number(json, "restoredAtNs", incident.restoredAtNs());
        Json.number(json, "resumedAtNs", incident.resumedAtNs());
        Json.number(json, "restoredStep", incident.restoredStep());
        Json.number(json, "lostSteps", incident.lostSteps());
        json.writeStringField("strategy", incident.strategy().label());
        Json.number(json, "worldSize", incident.worldSize());
        json.writeStringField("diagnosis", diagnosis);
        json.writeEndObject();
    }
}
