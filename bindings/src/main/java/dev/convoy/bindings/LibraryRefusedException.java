/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** A library could not be opened. */
public final class LibraryRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Made with the words of whoever refused it.
     *
     * @param reason what was said
     */
    public LibraryRefusedException(String reason) {
        super(reason);
    }
}
