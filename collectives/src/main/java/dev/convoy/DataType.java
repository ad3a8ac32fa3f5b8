/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** Types of elements. */
public enum DataType {
    /** Signed 8-bit integer; {@code byte} in Java. */
    INT8(0, 1, byte.class),
    /** Unsigned 8-bit integer; {@code byte} in Java. */
    UINT8(1, 1, byte.class),
    /** Signed 32-bit integer; {@code int} in Java. */
    INT32(2, 4, int.class),
    /** Unsigned 32-bit integer; {@code int} in Java. */
    UINT32(3, 4, int.class),
    /** Signed 64-bit integer; {@code long} in Java. */
    INT64(4, 8, long.class),
    /** Unsigned 64-bit integer; {@code long} in Java. */
    UINT64(5, 8, long.class),
    /** IEEE 754 binary16; its bits as {@code short} in Java, see {@link Float#floatToFloat16(float)}. */
    FLOAT16(6, 2, short.class),
    /** IEEE 754 binary32; {@code float} in Java. */
    FLOAT32(7, 4, float.class),
    /** IEEE 754 binary64; {@code double} in Java. */
    FLOAT64(8, 8, double.class),
    /** bfloat16, the upper half of a binary32; its bits as {@code short} in Java. */
    BFLOAT16(9, 2, short.class),
    /** 8-bit float with 4 bits of exponent; its bits as {@code byte} in Java. Its sums saturate on the host runtime. */
    FLOAT8_E4M3(10, 1, byte.class),
    /** 8-bit float with 5 bits of exponent; its bits as {@code byte} in Java. Its sums saturate on the host runtime. */
    FLOAT8_E5M2(11, 1, byte.class);

    private final int code;
    private final int bytes;
    private final Class<?> javaType;

    DataType(int code, int bytes, Class<?> javaType) {
        this.code = code;
        this.bytes = bytes;
        this.javaType = javaType;
    }

    /**
     * The size of one element.
     *
     * @return 1, 2, 4 or 8 bytes
     */
    public int bytes() {
        return bytes;
    }

    /**
     * The primitive type that holds an element, or its bits, in Java.
     *
     * @return such as {@code float.class}
     */
    public Class<?> javaType() {
        return javaType;
    }

    /**
     * Tells whether its elements are floating-point numbers.
     *
     * @return whether they are, at any width
     */
    public boolean isFloating() {
        return code >= FLOAT16.code;
    }

    /** Value of {@code ncclDataType_t}. */
    int code() {
        return code;
    }
}
