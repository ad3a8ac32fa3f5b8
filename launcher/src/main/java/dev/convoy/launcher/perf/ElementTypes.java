/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The names that nccl-tests gives to types; the longer ones of the API are understood, too. */
final class ElementTypes {
    /** In the order in which {@code all} runs them. */
    private static final List<String> NAMES = List.of(
            "int8",
            "uint8",
            "int32",
            "uint32",
            "int64",
            "uint64",
            "half",
            "float",
            "double",
            "bfloat16",
            "f8e4m3",
            "f8e5m2");

    private static final Map<String, DataType> OTHER_NAMES = Map.of(
            "fp16", DataType.FLOAT16,
            "fp32", DataType.FLOAT32,
            "fp64", DataType.FLOAT64,
            "bf16", DataType.BFLOAT16);

    private ElementTypes() {}

    static String nameOf(DataType type) {
        return NAMES.get(type.ordinal());
    }

    static Optional<DataType> named(String name) {
        int index = NAMES.indexOf(name);
        if (index >= 0) {
            return Optional.of(DataType.values()[index]);
        }
        for (DataType type : DataType.values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.ofNullable(OTHER_NAMES.get(name));
    }

    static String names() {
        return String.join(", ", NAMES);
    }

    static boolean isInteger(DataType type) {
        return type.ordinal() <= DataType.UINT64.ordinal();
    }

    static boolean isUnsigned(DataType type) {
        return type == DataType.UINT8 || type == DataType.UINT32 || type == DataType.UINT64;
    }
}
