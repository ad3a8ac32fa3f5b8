/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/** Tells the person of vetoed steps: of the first ones, since with loss scaling there may be thousands. */
final class Vetoes {
    private static final int MOST_TOLD = 20;

    private final Job job;
    private int told;

    Vetoes(Job job) {
        this.job = job;
    }

    void told(RankMessage.Vetoed vetoed) {
        if (vetoed.epoch() != job.epochs.current() || told == MOST_TOLD) {
            return;
        }
        told++;
        job.warn("step " + vetoed.step() + " was vetoed and changed nothing ("
                + job.epochs.names(vetoed.epoch(), vetoed.communicatorRanks()) + ": " + vetoed.what() + ")"
                + (told == MOST_TOLD ? "; further ones are only counted" : ""));
    }
}
