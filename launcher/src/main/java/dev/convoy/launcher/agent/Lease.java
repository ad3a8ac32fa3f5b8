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

    private Lease() {}
}
