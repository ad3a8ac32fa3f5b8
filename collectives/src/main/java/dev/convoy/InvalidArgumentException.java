/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** The library refused an argument. */
public final class InvalidArgumentException extends ConvoyException {
    private static final long serialVersionUID = 1L;

    InvalidArgumentException(ErrorDetails details) {
        super("invalid argument: " + details.call(), details, null);
    }
}
