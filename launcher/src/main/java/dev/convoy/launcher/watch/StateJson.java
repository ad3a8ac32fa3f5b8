/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.report.ConvoyVersion;
import dev.convoy.launcher.report.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;

/** The state of a job as the page reads it. Times are milliseconds since the job began. */
final class StateJson {
    private final JobRequest request;
    private final String runtime;

    StateJson(JobRequest request, String runtime) {
        this.request = request;
        this.runtime = runtime;
    }

    byte[] write(JobHistory history) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            IOException failure = history.read(view -> {
                try {
                    write(json, view);
                    return null;
                } catch (IOException e) {
                    return e;
                }
            });
            if (failure != null) {
                throw failure;
            }
        }
        return text.toByteArray();
    }

    private void write(JsonGenerator json, JobHistory.View view) throws IOException {
        json.writeStartObject();
        json.writeStringField("convoy", ConvoyVersion.get());
        json.writeStringField("runtime", runtime);
        json.writeStringField("command", String.join(" ", request.command()));
        json.writeNumberField("launched", request.ranks());
        json.writeStringField("policy", request.policy().label());
        Json.number(json, "steps", request.steps() < 0 ? null : request.steps());
        json.writeNumberField("beganAtMs", view.beganAtMs());
        json.writeNumberField("nowMs", ms(view, view.nowNs()));
        json.writeNumberField("epoch", view.epoch());
        json.writeNumberField("worldSize", view.worldSize());
        json.writeNumberField("step", view.step());
        Json.number(json, "stepsPerSecond", view.rate().present());
        Json.number(
                json, "loss", view.progress() == null ? null : view.progress().loss());
        Json.number(
                json,
                "samplesPerSecond",
                view.progress() == null ? null : view.progress().samplesPerSecond());
        json.writeNumberField("vetoedSteps", Math.max(0, view.vetoedSteps()));
        result(json, view);
        ranks(json, view);
        epochs(json, view);
        snapshots(json, view);
        incidents(json, view);
        changes(json, view);
        news(json, view);
        rate(json, view);
        json.writeEndObject();
    }

    private static double ms(JobHistory.View view, long atNs) {
        return Math.round((atNs - view.beganNs()) / 1e3) / 1e3;
    }

    private static Double msOrNull(JobHistory.View view, Long atNs) {
        return atNs == null ? null : (Double) ms(view, atNs);
    }

    private static void result(JsonGenerator json, JobHistory.View view) throws IOException {
        json.writeFieldName("result");
        if (view.result() == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeBooleanField("success", view.result().success());
        json.writeStringField("message", view.result().message());
        json.writeEndObject();
    }

    private static void ranks(JsonGenerator json, JobHistory.View view) throws IOException {
        json.writeArrayFieldStart("ranks");
        for (RankView rank : view.ranks()) {
            json.writeStartObject();
            json.writeNumberField("launchRank", rank.member.launchRank());
            json.writeNumberField("incarnation", rank.member.incarnation());
            json.writeNumberField("rank", rank.rank);
            json.writeStringField("state", rank.state.name().toLowerCase(Locale.ROOT));
            json.writeNumberField("pid", rank.pid);
            json.writeNumberField("epoch", rank.epoch);
            json.writeNumberField("step", rank.step);
            json.writeNumberField("enqueued", rank.enqueued);
            json.writeNumberField("completed", rank.completed);
            Json.number(json, "phi", rank.phi(view.nowNs()));
            Json.number(json, "silentMs", rank.heardNs == 0 ? null : (Double) ((view.nowNs() - rank.heardNs) / 1e6));
            json.writeStringField("end", rank.end);
            Json.number(
                    json,
                    "snapshotStep",
                    rank.snapshots == null
                            ? null
                            : rank.snapshots.newest().version().step());
            Json.number(json, "snapshotBytes", rank.snapshots == null ? null : rank.snapshots.memoryBytes());
            Json.number(
                    json, "snapshotAnnouncedBytes", rank.snapshots == null ? null : rank.snapshots.announcedBytes());
            int[] shards = rank.snapshots == null
                    ? new int[0]
                    : rank.snapshots.newest().shards();
            json.writeFieldName("shards");
            json.writeArray(shards, 0, shards.length);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void epochs(JsonGenerator json, JobHistory.View view) throws IOException {
        json.writeArrayFieldStart("epochs");
        for (JobHistory.Epoch epoch : view.epochs()) {
            json.writeStartObject();
            json.writeNumberField("epoch", epoch.epoch());
            json.writeNumberField("atMs", ms(view, epoch.atNs()));
            json.writeFieldName("members");
            int[] members =
                    epoch.members().stream().mapToInt(MemberId::launchRank).toArray();
            json.writeArray(members, 0, members.length);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void snapshots(JsonGenerator json, JobHistory.View view) throws IOException {
        Coverage coverage = view.coverage();
        json.writeObjectFieldStart("snapshots");
        boolean any = coverage.newest() != null;
        Json.number(json, "epoch", any ? coverage.newest().epoch() : null);
        Json.number(json, "step", any ? coverage.newest().step() : null);
        Json.number(json, "ageMs", any ? (Double) ((view.nowNs() - coverage.atNs()) / 1e6) : null);
        Json.number(json, "tookMs", any ? (Double) (coverage.tookNs() / 1e6) : null);
        json.writeNumberField("memoryBytes", coverage.memoryBytes());
        json.writeNumberField("announcedBytes", coverage.announcedBytes());
        json.writeStringField(
                "parity", coverage.parity() == null ? null : coverage.parity().toString());
        json.writeNumberField("ranks", coverage.ranks());
        json.writeNumberField("replicated", coverage.replicated());
        json.writeNumberField("covered", coverage.covered());
        json.writeNumberField("fewestCopies", coverage.fewestCopies());
        json.writeFieldName("copies");
        json.writeArray(coverage.copies(), 0, coverage.copies().length);
        json.writeEndObject();
    }

    private static void incidents(JsonGenerator json, JobHistory.View view) throws IOException {
        json.writeArrayFieldStart("incidents");
        for (Incident incident : view.incidents()) {
            json.writeStartObject();
            json.writeNumberField("epoch", incident.epoch());
            json.writeStringField("cause", incident.cause().label());
            int[] ranks = incident.ranks().stream().mapToInt(Integer::intValue).toArray();
            json.writeFieldName("ranks");
            json.writeArray(ranks, 0, ranks.length);
            json.writeStringField("detectedBy", incident.detectedBy().label());
            json.writeNumberField("faultMs", ms(view, incident.faultAtNs()));
            json.writeNumberField("detectedMs", ms(view, incident.detectedAtNs()));
            Json.number(json, "abortedMs", msOrNull(view, incident.abortedAtNs()));
            Json.number(json, "agreedMs", msOrNull(view, incident.agreedAtNs()));
            Json.number(json, "rebuiltMs", msOrNull(view, incident.rebuiltAtNs()));
            Json.number(json, "restoredMs", msOrNull(view, incident.restoredAtNs()));
            Json.number(json, "resumedMs", msOrNull(view, incident.resumedAtNs()));
            Json.number(json, "restoredStep", incident.restoredStep());
            Json.number(json, "lostSteps", incident.lostSteps());
            json.writeStringField("strategy", incident.strategy().label());
            Json.number(json, "worldSize", incident.worldSize());
            json.writeStringField("diagnosis", view.diagnosis(incident));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void changes(JsonGenerator json, JobHistory.View view) throws IOException {
        json.writeArrayFieldStart("changes");
        for (MembershipChange change : view.changes()) {
            json.writeStartObject();
            json.writeNumberField("epoch", change.epoch());
            int[] joined = change.joined().stream().mapToInt(Integer::intValue).toArray();
            json.writeFieldName("joined");
            json.writeArray(joined, 0, joined.length);
            int[] left = change.left().stream().mapToInt(Integer::intValue).toArray();
            json.writeFieldName("left");
            json.writeArray(left, 0, left.length);
            json.writeNumberField("stoppedMs", ms(view, change.stoppedAtNs()));
            Json.number(json, "resumedMs", msOrNull(view, change.resumedAtNs()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void news(JsonGenerator json, JobHistory.View view) throws IOException {
        json.writeArrayFieldStart("news");
        for (JobHistory.News each : view.news()) {
            json.writeStartObject();
            json.writeNumberField("atMs", ms(view, each.atNs()));
            json.writeStringField("kind", each.kind().name().toLowerCase(Locale.ROOT));
            json.writeStringField("text", each.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void rate(JsonGenerator json, JobHistory.View view) throws IOException {
        json.writeArrayFieldStart("rate");
        for (RateSeries.Sample sample : view.rate().samples()) {
            json.writeStartArray();
            json.writeNumber(ms(view, sample.atNs()));
            json.writeNumber(Math.round(sample.stepsPerSecond() * 10) / 10.0);
            json.writeEndArray();
        }
        json.writeEndArray();
    }
}
