/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.convoy.fault.detect.OperationRecord;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.launcher.report.AtomicFile;
import dev.convoy.launcher.report.ConvoyVersion;
import dev.convoy.launcher.report.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Writes a file for each incident: {@code flight-EPOCH.json}. On a thread of its own, since disks are slow. */
final class FlightDump implements AutoCloseable {
    private static final long BOUND_S = 20;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("convoy-flight").daemon().factory());
    private final Path folder;
    private final Consumer<String> warnings;

    FlightDump(Path folder, Consumer<String> warnings) {
        this.folder = folder;
        this.warnings = warnings;
    }

    void write(Diagnosis diagnosis) {
        thread.execute(() -> {
            Path file = folder.resolve("flight-" + diagnosis.incident().epoch() + ".json");
            try {
                AtomicFile.write(file, Json.write(json -> write(json, diagnosis)));
            } catch (IOException e) {
                warnings.accept("the flight record " + file + " was not written: " + e);
            }
        });
    }

    /** Waits, bounded, until all is written. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(BOUND_S, TimeUnit.SECONDS)) {
                warnings.accept("the disk of " + folder + " did not answer within " + BOUND_S + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(JsonGenerator json, Diagnosis diagnosis) throws IOException {
        json.writeStartObject();
        json.writeStringField("convoy", ConvoyVersion.get());
        json.writeNumberField("epoch", diagnosis.incident().epoch());
        json.writeNumberField("failedEpoch", diagnosis.failedEpoch());
        json.writeStringField("cause", diagnosis.incident().cause().label());
        json.writeNumberField("detectedAtNs", diagnosis.incident().detectedAtNs());
        json.writeStringField("diagnosis", diagnosis.sentence());
        json.writeArrayFieldStart("ranks");
        for (int rank = 0; rank < diagnosis.members().size(); rank++) {
            write(json, diagnosis, rank);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Diagnosis diagnosis, int rank) throws IOException {
        MemberId member = diagnosis.members().get(rank);
        RankMessage.FlightRecord record = diagnosis.records().get(member);
        json.writeStartObject();
        json.writeNumberField("rank", rank);
        json.writeNumberField("launchRank", member.launchRank());
        json.writeNumberField("incarnation", member.incarnation());
        json.writeBooleanField("lost", diagnosis.incident().ranks().contains(member.launchRank()));
        Json.number(json, "readAtNs", record == null ? null : record.atNs());
        Json.number(json, "recorded", record == null ? null : record.recorded());
        json.writeArrayFieldStart("operations");
        if (record != null) {
            OperationRecord before = null;
            for (OperationRecord operation : record.operations()) {
                write(json, operation, before);
                before = operation;
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, OperationRecord operation, OperationRecord before)
            throws IOException {
        Long started = started(operation, before);
        json.writeStartObject();
        json.writeNumberField("epoch", operation.epoch());
        json.writeNumberField("step", operation.step());
        json.writeNumberField("sequence", operation.sequence());
        Json.number(json, "collective", operation.isCollective() ? operation.collective() : null);
        json.writeStringField("operation", operation.name());
        json.writeStringField(
                "type",
                operation.type() == null ? null : operation.type().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("count", operation.count());
        json.writeNumberField("bytes", operation.bytes());
        json.writeStringField(
                "state", operation.isCompleted() ? "completed" : started == null ? "enqueued" : "started");
        json.writeNumberField("enqueuedAtNs", operation.enqueuedAtNs());
        Json.number(json, "startedAtNs", started);
        Json.number(json, "completedAtNs", operation.isCompleted() ? operation.completedAtNs() : null);
        json.writeEndObject();
    }

    /** A communicator does its work in order: an operation starts when it is enqueued and the one before is done. */
    private static Long started(OperationRecord operation, OperationRecord before) {
        if (before == null || before.epoch() != operation.epoch()) {
            return operation.enqueuedAtNs();
        }
        return before.isCompleted() ? (Long) Math.max(operation.enqueuedAtNs(), before.completedAtNs()) : null;
    }
}
