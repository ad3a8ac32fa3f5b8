/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import java.util.ArrayList;
import java.util.List;

/**
 * Steps a second over the whole run, in bounded memory: when it is full, every other sample is dropped, and later ones
 * come half as often. Guarded by its {@link JobHistory}.
 */
final class RateSeries {
    private static final int CAPACITY = 960;

    private final List<Sample> samples = new ArrayList<>();
    private long intervalNs = 250_000_000;
    private long lastNs;
    private long lastStep;
    private double present;

    /**
     * One point.
     *
     * @param atNs CLOCK_MONOTONIC
     * @param stepsPerSecond since the point before; a group that goes back to an earlier step has none
     */
    record Sample(long atNs, double stepsPerSecond) {}

    /** Whether it is time for another sample; to find out the step costs a look at all ranks. */
    boolean isDue(long nowNs) {
        return lastNs == 0 || nowNs - lastNs >= intervalNs;
    }

    /** The group has reached a step. */
    void reached(long step, long nowNs) {
        if (!isDue(nowNs)) {
            return;
        }
        if (lastNs == 0) {
            lastNs = nowNs;
            lastStep = step;
            return;
        }
        long elapsed = nowNs - lastNs;
        present = Math.max(0, step - lastStep) * 1e9 / elapsed;
        samples.add(new Sample(nowNs, present));
        lastNs = nowNs;
        lastStep = step;
        if (samples.size() >= CAPACITY) {
            thin();
        }
    }

    /** The group went back, which is not work done at a negative rate. */
    void wentBackTo(long step) {
        lastStep = Math.min(lastStep, step);
    }

    private void thin() {
        List<Sample> kept = new ArrayList<>();
        for (int i = 1; i < samples.size(); i += 2) {
            double mean = (samples.get(i - 1).stepsPerSecond() + samples.get(i).stepsPerSecond()) / 2;
            kept.add(new Sample(samples.get(i).atNs(), mean));
        }
        samples.clear();
        samples.addAll(kept);
        intervalNs *= 2;
    }

    double present() {
        return present;
    }

    List<Sample> samples() {
        return List.copyOf(samples);
    }
}
