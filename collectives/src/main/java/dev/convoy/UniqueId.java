/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What ranks find each other by: made by one of them, given to all over a channel of the application's own.
 *
 * <p>On the host runtime it holds a secret, so whoever has it can join: {@link #toString()} shows only its beginning.
 *
 * @param bytes its 128 bytes
 */
public record UniqueId(byte[] bytes) {
    /** The size of every id. */
    public static final int SIZE = 128;

    private static final int SHOWN = 8;

    /**
     * Takes a copy of the bytes.
     *
     * @param bytes the 128 bytes of an id made by {@link #create(ConvoyRuntime)}, here or elsewhere
     * @throws IllegalArgumentException if they are not 128
     */
    public UniqueId {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a unique id has " + SIZE + " bytes, not " + bytes.length);
        }
        bytes = bytes.clone();
    }

    /**
     * Makes an id. The process that makes it must live until all ranks have joined.
     *
     * @param runtime the runtime that all ranks use
     * @return a fresh id, for one communicator
     */
    public static UniqueId create(ConvoyRuntime runtime) {
        return runtime.newUniqueId();
    }

    /**
     * The id as bytes.
     *
     * @return a copy
     */
    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UniqueId id && Arrays.equals(bytes, id.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "UniqueId[" + HexFormat.of().formatHex(bytes, 0, SHOWN) + "...]";
    }
}
