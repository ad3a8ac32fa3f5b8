/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.ElasticException;

/**
 * What a peer contributed to a restore or a snapshot cannot be used: a part with another checksum than it had at its
 * source, or states that do not fit. It is tried again in the next epoch.
 */
public final class DamagedTransferException extends ElasticException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an error.
     *
     * @param message which part, from where
     */
    public DamagedTransferException(String message) {
        super(message);
    }
}
