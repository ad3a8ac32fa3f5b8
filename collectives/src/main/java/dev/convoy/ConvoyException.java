/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.Objects;

/** What all of Convoy's errors have in common: where they happened. */
public class ConvoyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorDetails details;

    /**
     * Made with words and a place.
     *
     * @param message what happened and what to do
     * @param details where it happened
     * @param cause what led to it, or null
     */
    protected ConvoyException(String message, ErrorDetails details, Throwable cause) {
        super(message + details.place(), cause);
        this.details = Objects.requireNonNull(details, "details");
    }

    /**
     * Where it happened.
     *
     * @return function, status, communicator, rank, epoch, operation and sequence number, as far as they apply
     */
    public ErrorDetails details() {
        return details;
    }
}
