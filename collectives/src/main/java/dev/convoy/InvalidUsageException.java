/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** The ranks did not agree on what to do, or calls came in an order that NCCL does not allow. */
public final class InvalidUsageException extends ConvoyException {
    private static final long serialVersionUID = 1L;

    InvalidUsageException(ErrorDetails details) {
        super("invalid usage: " + details.call(), details, null);
    }

    InvalidUsageException(String what, ErrorDetails details) {
        super("invalid usage: " + what, details, null);
    }
}
