/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.jfr.SnapshotRecording;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.Version;
import dev.convoy.fault.snapshot.SlotPair;
import java.util.Optional;

/**
 * What others learn of this rank's snapshots: the agent a few times a second, along with the heartbeats, and a
 * recording each of them. The user's thread takes them, the heartbeats' thread asks.
 */
final class SnapshotNews {
    private static final long INTERVAL_NS = 200_000_000;

    private volatile RankMessage.Snapshots latest;
    /** Of the asking thread. */
    private RankMessage.Snapshots told;

    private SnapshotRecording recording;
    private long beganNs;
    private long taken;
    private long tookNs;
    private long committedNs;
    private long lastNs;
    private long interval = 1;

    /** A snapshot is being taken, here or beside the next step. */
    void began() {
        recording = SnapshotRecording.begin();
        beganNs = System.nanoTime();
    }

    /** It is committed, and nothing writes the slots at this moment. */
    void committed(Version version, SlotPair slots, SnapshotMemory memory, long steps) {
        interval = steps;
        committedNs = System.nanoTime();
        tookNs = committedNs - beganNs;
        taken++;
        if (taken == 1 || committedNs - lastNs >= INTERVAL_NS) {
            lastNs = committedNs;
            present(slots, memory).ifPresent(snapshots -> latest = snapshots);
        }
        recording.committed(version.epoch(), version.step(), memory.usedBytes());
    }

    /**
     * What is held at this moment, for the end of a run: it may have been shorter than the time between two tellings.
     */
    Optional<RankMessage.Snapshots> present(SlotPair slots, SnapshotMemory memory) {
        return slots.newest()
                .map(newest -> new RankMessage.Snapshots(
                        newest, memory.usedBytes(), memory.announcedBytes(), taken, tookNs, committedNs, interval));
    }

    /** What was not told yet; null if there is nothing new. */
    RankMessage poll() {
        RankMessage.Snapshots present = latest;
        boolean isNew = present != told;
        told = present;
        return isNew ? present : null;
    }
}
