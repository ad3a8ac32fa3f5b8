/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** A native library failed in itself, or in the system below it. */
public final class LibraryException extends ConvoyException {
    private static final long serialVersionUID = 1L;

    LibraryException(ErrorDetails details) {
        super(details.call(), details, null);
    }
}
