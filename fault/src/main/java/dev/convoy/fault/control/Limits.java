/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

/** Bounds of everything that a peer may write. */
final class Limits {
    /** Body of one record. */
    static final int FRAME_BYTES = 1 << 20;
    /** Body of the first record, from somebody who has not shown the token yet. */
    static final int HELLO_BYTES = 4 << 10;
    /** Strings that must arrive whole: names, paths, hashes. */
    static final int STRING_BYTES = 8 << 10;
    /** Text for a person; what is longer is cut. */
    static final int TEXT_CHARS = 2_000;

    private Limits() {}
}
