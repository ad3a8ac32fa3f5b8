/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** The kernels that there are, in the order of {@code enum convoyKernel}. */
enum Kernel {
    FILL("convoyFill"),
    PATTERN("convoyPattern"),
    VERIFY("convoyVerify"),
    COMPARE("convoyCompare"),
    NON_FINITE("convoyNonFinite"),
    CHECKSUM("convoyChecksum"),
    CAST("convoyCast"),
    AXPY("convoyAxpy"),
    MOMENTUM("convoyMomentum"),
    XOR("convoyXor"),
    MULTIPLY("convoyMultiply");

    private final String function;

    Kernel(String function) {
        this.function = function;
    }

    /** Its name on a GPU. */
    String function() {
        return function;
    }
}
