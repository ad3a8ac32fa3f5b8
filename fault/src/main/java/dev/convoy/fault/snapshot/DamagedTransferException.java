/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.ElasticException;

/** A part of a snapshot arrived with another checksum than it had at its source; the restore is tried again. */
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
