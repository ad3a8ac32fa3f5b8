/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

/** The system's loader refused a library. */
public final class LibraryRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Made with the loader's words.
     *
     * @param reason what the loader said
     */
    public LibraryRefusedException(String reason) {
        super(reason);
    }
}
