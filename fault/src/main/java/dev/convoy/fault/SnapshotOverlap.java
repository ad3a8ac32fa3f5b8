/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/** What of a snapshot goes on while the next step is carried out. */
public enum SnapshotOverlap {
    /** Nothing: a step begins once the snapshot before it is committed. At most the step in progress is lost. */
    NONE,
    /**
     * The exchange of the copies and the vote. The state is copied before the step begins. The commit lags behind by up
     * to a step, so up to two steps are lost.
     */
    EXCHANGE,
    /**
     * The copy of the buffers, too. The program calls {@link ElasticGroup#awaitCopied} in each step before it changes a
     * declared buffer, most often between the backward pass and the update; host states it may change at any time.
     */
    COPY
}
