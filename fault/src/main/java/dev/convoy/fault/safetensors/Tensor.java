/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.safetensors;

import java.lang.foreign.MemorySegment;

/**
 * A vector to be written.
 *
 * @param name unique within its file
 * @param dtype the format's name of the element type
 * @param elements number of elements
 * @param bytes its content, little-endian
 */
public record Tensor(String name, String dtype, long elements, MemorySegment bytes) {
    /** Bytes of an element, which is also the alignment; 1 for an empty vector. */
    long elementBytes() {
        return elements == 0 ? 1 : bytes.byteSize() / elements;
    }
}
