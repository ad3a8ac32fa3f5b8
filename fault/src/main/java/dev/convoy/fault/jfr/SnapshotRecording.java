/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.jfr;

/** A snapshot being taken, for whoever records. */
public final class SnapshotRecording {
    private final SnapshotEvent event = new SnapshotEvent();

    private SnapshotRecording() {}

    /**
     * A snapshot begins.
     *
     * @return its recording
     */
    public static SnapshotRecording begin() {
        SnapshotRecording recording = new SnapshotRecording();
        recording.event.begin();
        return recording;
    }

    /**
     * The snapshot is committed.
     *
     * @param epoch epoch of its version
     * @param step step of its version
     * @param memoryBytes memory of this rank's snapshots
     */
    public void committed(long epoch, long step, long memoryBytes) {
        if (event.shouldCommit()) {
            event.epoch = epoch;
            event.step = step;
            event.memory = memoryBytes;
            event.commit();
        }
    }
}
