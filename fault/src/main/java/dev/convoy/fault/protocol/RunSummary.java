/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a training program says about itself at its end. Immutable; arrays are copied.
 *
 * @param step steps done
 * @param worldSize world size at the end
 * @param testAccuracy accuracy on the test set in [0, 1]; null for programs that have none
 * @param parametersSha256 SHA-256 of the final parameters in lower-case hexadecimal; null if not computed
 * @param lossHistory loss by step, at most {@link #MAX_LOSSES}; null if not kept
 * @param consumed samples fed to kept steps; −1 if not counted
 * @param skipped samples never fed; −1 if not counted
 * @param duplicated samples fed more than once in the kept state; −1 if not counted
 * @param samplesSha256 SHA-256 of the ledger of samples; null if not kept
 * @param vetoedSteps kept steps whose update was left out, such as for gradients that were not finite; −1 if not
 *     counted
 * @param vetoedSamples samples fed to these steps, contained in {@code consumed}; −1 if not counted
 */
public record RunSummary(
        long step,
        int worldSize,
        Double testAccuracy,
        String parametersSha256,
        double[] lossHistory,
        long consumed,
        long skipped,
        long duplicated,
        String samplesSha256,
        long vetoedSteps,
        long vetoedSamples) {
    /** Longest loss history: the summary must fit into one control record. */
    public static final int MAX_LOSSES = 100_000;

    /**
     * Copies the loss history.
     *
     * @throws IllegalArgumentException if it is longer than {@link #MAX_LOSSES}
     */
    public RunSummary {
        if (lossHistory != null && lossHistory.length > MAX_LOSSES) {
            throw new IllegalArgumentException("a loss history of " + lossHistory.length + " entries; at most "
                    + MAX_LOSSES + ": keep every n-th");
        }
        lossHistory = lossHistory == null ? null : lossHistory.clone();
    }

    /**
     * A summary of a program that vetoes no steps.
     *
     * @param step steps done
     * @param worldSize world size at the end
     * @param testAccuracy accuracy on the test set in [0, 1]; null for programs that have none
     * @param parametersSha256 SHA-256 of the final parameters in lower-case hexadecimal; null if not computed
     * @param lossHistory loss by step, at most {@link #MAX_LOSSES}; null if not kept
     * @param consumed samples fed to kept steps; −1 if not counted
     * @param skipped samples never fed; −1 if not counted
     * @param duplicated samples fed more than once in the kept state; −1 if not counted
     * @param samplesSha256 SHA-256 of the ledger of samples; null if not kept
     */
    public RunSummary(
            long step,
            int worldSize,
            Double testAccuracy,
            String parametersSha256,
            double[] lossHistory,
            long consumed,
            long skipped,
            long duplicated,
            String samplesSha256) {
        this(
                step,
                worldSize,
                testAccuracy,
                parametersSha256,
                lossHistory,
                consumed,
                skipped,
                duplicated,
                samplesSha256,
                -1,
                -1);
    }

    /**
     * This summary with vetoed steps.
     *
     * @param steps kept steps whose update was left out
     * @param samples samples that were fed to them
     * @return the changed summary
     */
    public RunSummary withVetoes(long steps, long samples) {
        return new RunSummary(
                step,
                worldSize,
                testAccuracy,
                parametersSha256,
                lossHistory,
                consumed,
                skipped,
                duplicated,
                samplesSha256,
                steps,
                samples);
    }

    /**
     * Loss by step.
     *
     * @return a copy, or null
     */
    @Override
    public double[] lossHistory() {
        return lossHistory == null ? null : lossHistory.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RunSummary that
                && step == that.step
                && worldSize == that.worldSize
                && Objects.equals(testAccuracy, that.testAccuracy)
                && Objects.equals(parametersSha256, that.parametersSha256)
                && Arrays.equals(lossHistory, that.lossHistory)
                && consumed == that.consumed
                && skipped == that.skipped
                && duplicated == that.duplicated
                && Objects.equals(samplesSha256, that.samplesSha256)
                && vetoedSteps == that.vetoedSteps
                && vetoedSamples == that.vetoedSamples;
    }

    @Override
    public int hashCode() {
        return Objects.hash(step, worldSize, testAccuracy, parametersSha256, Arrays.hashCode(lossHistory), consumed);
    }
}
