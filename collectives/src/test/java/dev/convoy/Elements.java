/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/** Elements of any type as doubles, and as the bytes that a buffer holds. */
final class Elements {
    private static final int BFLOAT16_SHIFT = 16;

    private Elements() {}

    /** Values so small that sums and products over eight ranks are exact in every type. */
    static double[] random(DataType type, int count, RandomGenerator random) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = isUnsigned(type) ? random.nextInt(3) : random.nextInt(-2, 3);
        }
        return values;
    }

    static boolean isUnsigned(DataType type) {
        return type == DataType.UINT8 || type == DataType.UINT32 || type == DataType.UINT64;
    }

    static boolean isFloating(DataType type) {
        return switch (type) {
            case FLOAT16, FLOAT32, FLOAT64, BFLOAT16, FLOAT8_E4M3, FLOAT8_E5M2 -> true;
            default -> false;
        };
    }

    /** How far a rounded average may be from the exact one, relatively. */
    static double tolerance(DataType type) {
        return switch (type) {
            case FLOAT16 -> 0x1p-9;
            case BFLOAT16 -> 0x1p-6;
            case FLOAT32 -> 0x1p-21;
            case FLOAT64 -> 0x1p-50;
            default -> 0;
        };
    }

    static byte[] encode(DataType type, double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.nativeOrder());
        for (double value : values) {
            switch (type) {
                case INT8, UINT8 -> bytes.put((byte) (long) value);
                case INT32, UINT32 -> bytes.putInt((int) (long) value);
                case INT64, UINT64 -> bytes.putLong((long) value);
                case FLOAT16 -> bytes.putShort(Float.floatToFloat16((float) value));
                case BFLOAT16 -> bytes.putShort((short) (Float.floatToIntBits((float) value) >>> BFLOAT16_SHIFT));
                case FLOAT32 -> bytes.putFloat((float) value);
                case FLOAT64 -> bytes.putDouble(value);
                case FLOAT8_E4M3 -> bytes.put((byte) nearestOfEight(value, 4));
                case FLOAT8_E5M2 -> bytes.put((byte) nearestOfEight(value, 5));
            }
        }
        return bytes.array();
    }

    /** For values that there are: the first code of that value. */
    private static int nearestOfEight(double value, int exponentBits) {
        for (int code = 0; code < 256; code++) {
            if (eighth((byte) code, exponentBits) == value) {
                return code;
            }
        }
        throw new IllegalArgumentException(value + " is no 8-bit float");
    }

    /** By way of binary32: its bits are put together from the sign, the exponent and the mantissa. */
    private static double eighth(byte bits, int exponentBits) {
        int mantissaBits = 7 - exponentBits;
        int magnitude = bits & 0x7F;
        int topExponent = (1 << exponentBits) - 1;
        boolean isSpecial = exponentBits == 4 ? magnitude == 0x7F : magnitude >>> mantissaBits == topExponent;
        if (isSpecial) {
            return exponentBits == 5 && (magnitude & 3) == 0
                    ? Math.copySign(Double.POSITIVE_INFINITY, bits)
                    : Double.NaN;
        }
        int bias = (1 << exponentBits - 1) - 1;
        // As if it were a binary32 of a tiny exponent, whose subnormals are these ones.
        float tiny = Float.intBitsToFloat(magnitude << 23 - mantissaBits);
        double value = tiny * Math.scalb(1.0, 127 - bias);
        return bits < 0 ? -value : value;
    }

    static double[] decode(DataType type, byte[] content) {
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.nativeOrder());
        double[] values = new double[content.length / type.bytes()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case INT8 -> bytes.get();
                case UINT8 -> Byte.toUnsignedInt(bytes.get());
                case INT32 -> bytes.getInt();
                case UINT32 -> Integer.toUnsignedLong(bytes.getInt());
                case INT64, UINT64 -> bytes.getLong();
                case FLOAT16 -> Float.float16ToFloat(bytes.getShort());
                case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << BFLOAT16_SHIFT);
                case FLOAT32 -> bytes.getFloat();
                case FLOAT64 -> bytes.getDouble();
                case FLOAT8_E4M3 -> eighth(bytes.get(), 4);
                case FLOAT8_E5M2 -> eighth(bytes.get(), 5);
            };
        }
        return values;
    }

    static DeviceBuffer buffer(Device device, DataType type, double[] values) {
        DeviceBuffer buffer = device.allocate(type, values.length);
        buffer.copyFrom(MemorySegment.ofArray(encode(type, values)));
        return buffer;
    }

    static double[] content(DeviceBuffer buffer) {
        byte[] bytes = new byte[(int) buffer.bytes()];
        buffer.copyTo(MemorySegment.ofArray(bytes));
        return decode(buffer.type(), bytes);
    }
}
