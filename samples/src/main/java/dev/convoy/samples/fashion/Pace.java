/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

/**
 * When to report progress, and how fast the group was since the last time. No part of the state: nothing follows from
 * it.
 */
final class Pace {

    private static final int REPORTS = 20;

    private final long steps;
    private final long interval;

    private long samples;
    private long sinceNanos = System.nanoTime();
    private double samplesPerSecond;

    Pace(long steps) {
        this.steps = steps;
        this.interval = Math.max(1, steps / REPORTS);
    }

    /** Counts a step that was done; whether it is one to report. */
    boolean isDue(long step, int batchSize) {
        samples += batchSize;
        boolean due = (step + 1) % interval == 0 || step + 1 == steps;
        if (due) {
            long now = System.nanoTime();
            samplesPerSecond = samples * 1e9 / Math.max(1, now - sinceNanos);
            samples = 0;
            sinceNanos = now;
        }
        return due;
    }

    double samplesPerSecond() {
        return samplesPerSecond;
    }
}
