/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.jfr;

/** A recovery under way, for whoever records. */
public final class RecoveryRecording {
    private final RecoveryEvent event = new RecoveryEvent();

    private RecoveryRecording() {}

    /**
     * The communicator has failed, or a newer epoch is being formed.
     *
     * @param reason one line
     * @return its recording
     */
    public static RecoveryRecording begin(String reason) {
        RecoveryRecording recording = new RecoveryRecording();
        recording.event.reason = reason;
        recording.event.begin();
        return recording;
    }

    /**
     * The first step is done again.
     *
     * @param epoch the epoch that was formed
     * @param restoredStep step that the group went back to
     * @param worldSize its ranks
     */
    public void resumed(long epoch, long restoredStep, int worldSize) {
        event.epoch = epoch;
        event.restoredStep = restoredStep;
        event.worldSize = worldSize;
        event.commit();
    }
}
