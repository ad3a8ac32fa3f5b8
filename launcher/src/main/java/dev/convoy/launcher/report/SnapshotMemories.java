/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** What each rank's snapshots need and have, as it said last; used by one thread at a time. */
public final class SnapshotMemories {
    private final Map<Integer, RankMessage.Snapshots> latest = new TreeMap<>();

    /** Knows of none yet. */
    public SnapshotMemories() {}

    /**
     * Learns from what a rank says.
     *
     * @param event any event
     */
    public void seen(CoordinatorEvent event) {
        if (event instanceof CoordinatorEvent.Received received
                && received.message() instanceof RankMessage.Snapshots snapshots) {
            latest.put(received.member().launchRank(), snapshots);
        }
    }

    void write(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("snapshotMemory");
        for (Map.Entry<Integer, RankMessage.Snapshots> each : latest.entrySet()) {
            json.writeStartObject();
            json.writeNumberField("rank", each.getKey());
            json.writeNumberField("announcedBytes", each.getValue().announcedBytes());
            json.writeNumberField("usedBytes", each.getValue().memoryBytes());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
