/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.util.concurrent.TimeUnit;

/**
 * The times of a lease. A node renews it often; one that has not succeeded for so long kills its ranks first of all.
 * The leader, which counts from a later moment and adds a margin, therefore knows that they cannot act any more.
 */
final class Lease {
    /** Between two renewals. */
    static final long RENEW_NS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Longer than a collection of garbage, shorter than a person's patience. */
    static final long LENGTH_NS = TimeUnit.MILLISECONDS.toNanos(3_000);

    /** For the kill itself, and for clocks that run differently. */
    static final long MARGIN_NS = TimeUnit.MILLISECONDS.toNanos(500);

    /**
     * With a store: for how much longer a node keeps its ranks while it looks for another leader. The former one's own
     * lease in the store runs out meanwhile, which takes up to its length.
     */
    static final long TAKEOVER_NS = TimeUnit.MILLISECONDS.toNanos(5_000);

    /**
     * With a store: how long a rank looks for another leader. Together with {@link #LENGTH_NS}, in which it notices
     * that it has none, less than until a new leader takes it for gone: that counts from its election, and this from
     * when the former one fell silent, up to half a second more than a lease before.
     */
    static final long SEARCH_NS = LENGTH_NS + TAKEOVER_NS - 2 * MARGIN_NS;

    private Lease() {}

    /** How long after its last renewal a node's ranks cannot act any more. */
    static long fencedNs(boolean store) {
        return LENGTH_NS + (store ? TAKEOVER_NS : 0) + MARGIN_NS;
    }
}
