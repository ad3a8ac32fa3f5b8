/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.store;

import java.util.Arrays;

/**
 * The agent that leads a job.
 *
 * @param term grows with each election; whoever has seen a term follows no lower one
 * @param card what it campaigned with
 */
public record Leader(long term, byte[] card) {
    /** Copies the card. */
    public Leader {
        card = card.clone();
    }

    /**
     * What it campaigned with.
     *
     * @return a copy
     */
    @Override
    public byte[] card() {
        return card.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Leader leader && term == leader.term && Arrays.equals(card, leader.card);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(term);
    }

    /** The card is left out: it need not be text. */
    @Override
    public String toString() {
        return "Leader[term " + term + "]";
    }
}
