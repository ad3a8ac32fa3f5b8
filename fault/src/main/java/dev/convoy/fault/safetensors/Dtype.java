/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.safetensors;

/** The format's names of element types. */
public final class Dtype {
    /** Bytes without a meaning of their own. */
    public static final String BYTES = "U8";

    private Dtype() {}

    /**
     * The format's name of a type.
     *
     * @param type name of a {@link dev.convoy.DataType}
     * @return such as {@code F32}
     * @throws IllegalArgumentException if there is no such type
     */
    public static String of(String type) {
        return switch (type) {
            case "INT8" -> "I8";
            case "UINT8" -> BYTES;
            case "INT32" -> "I32";
            case "UINT32" -> "U32";
            case "INT64" -> "I64";
            case "UINT64" -> "U64";
            case "FLOAT16" -> "F16";
            case "FLOAT32" -> "F32";
            case "FLOAT64" -> "F64";
            case "BFLOAT16" -> "BF16";
            case "FLOAT8_E4M3" -> "F8_E4M3";
            case "FLOAT8_E5M2" -> "F8_E5M2";
            default -> throw new IllegalArgumentException("safetensors has no name for " + type);
        };
    }
}
