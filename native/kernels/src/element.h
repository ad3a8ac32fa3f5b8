/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernels compute of one element. C that is CUDA, too: host and GPU compile the same
 * lines, which is why they give the same bits. No line branches, so that loops of them are
 * vectorised.
 */
#ifndef CONVOY_ELEMENT_H
#define CONVOY_ELEMENT_H

#include <stdint.h>
#include <string.h>

#if defined(__CUDACC__)
#define ELEMENT static __device__ __forceinline__
#else
#define ELEMENT static inline __attribute__((always_inline))
#endif

/* --- bits --- */

#define BITS(name, to, from)                                                                       \
    ELEMENT to name(from value) {                                                                  \
        to bits;                                                                                   \
        memcpy(&bits, &value, sizeof bits);                                                        \
        return bits;                                                                               \
    }
BITS(bits_of_float, uint32_t, float)
BITS(float_of_bits, float, uint32_t)
BITS(bits_of_double, uint64_t, double)
BITS(double_of_bits, double, uint64_t)

/* --- SplitMix64 (Steele, Lea and Flood, 2014) --- */

#define GOLDEN_GAMMA 0x9e3779b97f4a7c15ull

/* A bijection. */
ELEMENT uint64_t mix64(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/* Output `index` of the generator. */
ELEMENT uint64_t pattern_word(uint64_t seed, uint64_t index) {
    return mix64(seed + (index + 1) * GOLDEN_GAMMA);
}

/* What a word adds to a checksum; `tail` is how many bytes it has if it is not whole, else 0. */
ELEMENT uint64_t checksum_term(uint64_t word, uint64_t index, uint64_t tail) {
    return mix64(word ^ ((index + 1) * GOLDEN_GAMMA) ^ (tail << 56));
}

/* --- narrow floating types. NaN becomes the quiet one without sign and payload. --- */

/*
 * Multiplying by 2^(127 - bias) moves the exponent's bias and normalises subnormals, exactly.
 * `special` is the code of infinity, or of the first NaN if there is none.
 */
#define WIDEN(name, code_type, bits, fraction, shift, scale, infinity, special)                    \
    ELEMENT float name##_to_float(code_type code) {                                                \
        uint32_t sign = (uint32_t)(code >> (bits - 1)) << 31;                                      \
        uint32_t magnitude = code & ((1u << (bits - 1)) - 1);                                      \
        uint32_t finite = bits_of_float(float_of_bits(magnitude << shift) * scale) | sign;         \
        uint32_t wide = magnitude == (infinity) ? sign | 0x7f800000u : 0x7fc00000u;                \
        return float_of_bits(magnitude >= (special) ? wide : finite);                              \
    }

/*
 * Normal results round in the integer domain. For subnormal ones a number is added whose unit in
 * the last place is that of the subnormals, which rounds. `most` is what replaces larger results:
 * infinity, or the largest number.
 */
#define NARROW(name, code_type, bits, fraction, bias, smallest, magic, most, nan)                  \
    ELEMENT code_type name##_of_float(float value) {                                               \
        uint32_t all = bits_of_float(value);                                                       \
        uint32_t sign = all >> 31 << (bits - 1);                                                   \
        uint32_t magnitude = all & 0x7fffffffu;                                                    \
        uint32_t odd = (magnitude >> (23 - fraction)) & 1u;                                        \
        uint32_t normal =                                                                          \
            (magnitude - ((127u - bias) << 23) + (1u << (22 - fraction)) - 1u + odd) >>            \
            (23 - fraction);                                                                       \
        uint32_t subnormal =                                                                       \
            bits_of_float(float_of_bits(magnitude) + magic) - bits_of_float(magic);                \
        uint32_t code = magnitude < bits_of_float(smallest) ? subnormal : normal;                  \
        code = code < (most) ? code : (most);                                                      \
        return (code_type)(magnitude > 0x7f800000u ? (nan) : sign | code);                         \
    }

WIDEN(f16, uint16_t, 16, 10, 13, 0x1p112f, 0x7c00u, 0x7c00u)
WIDEN(e5m2, uint8_t, 8, 2, 21, 0x1p112f, 0x7cu, 0x7cu)
WIDEN(e4m3, uint8_t, 8, 3, 20, 0x1p120f, 0x80u /* none */, 0x7fu)
NARROW(f16, uint16_t, 16, 10, 15, 0x1p-14f, 0x1p-1f, 0x7c00u, 0x7e00u)
NARROW(e5m2, uint8_t, 8, 2, 15, 0x1p-14f, 0x1p7f, 0x7bu, 0x7eu)
NARROW(e4m3, uint8_t, 8, 3, 7, 0x1p-6f, 0x1p14f, 0x7eu, 0x7fu)

/* The upper half of a float. */
ELEMENT float bf16_to_float(uint16_t code) {
    uint32_t magnitude = code & 0x7fffu;
    return float_of_bits(magnitude > 0x7f80u ? 0x7fc00000u : (uint32_t)code << 16);
}

ELEMENT uint16_t bf16_of_float(float value) {
    uint32_t bits = bits_of_float(value);
    uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return (uint16_t)((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
}

ELEMENT float f32_of_float(float value) {
    return value == value ? value : float_of_bits(0x7fc00000u);
}

ELEMENT double f64_of_double(double value) {
    return value == value ? value : double_of_bits(0x7ff8000000000000ull);
}

/*
 * To the float towards zero whose last bit says whether anything was dropped. Rounded from there,
 * a number in a type of at least two bits less is what it would be if rounded at once.
 */
ELEMENT float odd_float_of_double(double value) {
    float nearest = (float)value;
    double back = (double)nearest;
    uint32_t bits = bits_of_float(nearest);
    double from = value < 0 ? -value : value;
    double to = back < 0 ? -back : back;
    uint32_t odd = (bits - (to > from ? 1u : 0u)) | 1u;
    return float_of_bits(back == value || value != value ? bits : odd);
}

/* The same to a double. The error of the sum of both halves is exact (Dekker, 1971). */
ELEMENT double odd_double_of_u64(uint64_t value) {
    double high = (double)(uint32_t)(value >> 32) * 0x1p32;
    double low = (double)(uint32_t)value;
    double sum = high + low;
    double error = low - (sum - high);
    uint64_t odd = (bits_of_double(sum) - (error < 0 ? 1u : 0u)) | 1u;
    return error == 0 ? sum : double_of_bits(odd);
}

ELEMENT double odd_double_of_i64(int64_t value) {
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    double odd = odd_double_of_u64(magnitude);
    return value < 0 ? -odd : odd;
}

/* --- to integers: towards zero, within the range, NaN is 0 --- */

#define CLAMP(name, type, least, past, most)                                                       \
    ELEMENT type name##_of_double(double value) {                                                  \
        double within = value >= (least) && value < (past) ? value : 0;                            \
        type low = value <= (least) ? (type)(least) : (type)within;                                \
        return value >= (past) ? (most) : low;                                                     \
    }
CLAMP(i8, int8_t, -0x1p7, 0x1p7, INT8_MAX)
CLAMP(u8, uint8_t, 0.0, 0x1p8, UINT8_MAX)
CLAMP(i32, int32_t, -0x1p31, 0x1p31, INT32_MAX)
CLAMP(u32, uint32_t, 0.0, 0x1p32, UINT32_MAX)
CLAMP(i64, int64_t, -0x1p63, 0x1p63, INT64_MAX)
CLAMP(u64, uint64_t, 0.0, 0x1p64, UINT64_MAX)

/* --- the types: X(name, number, storage, bits) and their classes --- */

#define INTEGER_TYPES(X)                                                                           \
    X(i8, 0, int8_t, 8)                                                                            \
    X(u8, 1, uint8_t, 8)                                                                           \
    X(i32, 2, int32_t, 32)                                                                         \
    X(u32, 3, uint32_t, 32)                                                                        \
    X(i64, 4, int64_t, 64)                                                                         \
    X(u64, 5, uint64_t, 64)
/* Those that are computed with in float. */
#define NARROW_TYPES(X)                                                                            \
    X(f16, 6, uint16_t, 16)                                                                        \
    X(bf16, 9, uint16_t, 16)                                                                       \
    X(e4m3, 10, uint8_t, 8)                                                                        \
    X(e5m2, 11, uint8_t, 8)
#define FLOAT_TYPES(X)                                                                             \
    NARROW_TYPES(X)                                                                                \
    X(f32, 7, float, 32)                                                                           \
    X(f64, 8, double, 64)
#define ALL_TYPES(X)                                                                               \
    INTEGER_TYPES(X)                                                                               \
    FLOAT_TYPES(X)
#define ELEMENT_TYPES 12

/* --- patterns --- */

/* A signed number of `fraction` + 1 bits, divided by 2^fraction. */
#define PATTERN_REAL(word, fraction, scale) ((double)((int64_t)(word) >> (63 - (fraction))) * scale)

#define PATTERN(name, storage, expression)                                                         \
    ELEMENT storage name##_of_pattern(uint64_t word) {                                             \
        return expression;                                                                         \
    }
PATTERN(i8, int8_t, (int8_t)word)
PATTERN(u8, uint8_t, (uint8_t)word)
PATTERN(i32, int32_t, (int32_t)word)
PATTERN(u32, uint32_t, (uint32_t)word)
PATTERN(i64, int64_t, (int64_t)word)
PATTERN(u64, uint64_t, word)
PATTERN(f16, uint16_t, f16_of_float((float)PATTERN_REAL(word, 10, 0x1p-10)))
PATTERN(bf16, uint16_t, bf16_of_float((float)PATTERN_REAL(word, 7, 0x1p-7)))
PATTERN(e4m3, uint8_t, e4m3_of_float((float)PATTERN_REAL(word, 3, 0x1p-3)))
PATTERN(e5m2, uint8_t, e5m2_of_float((float)PATTERN_REAL(word, 2, 0x1p-2)))
PATTERN(f32, float, (float)PATTERN_REAL(word, 23, 0x1p-23))
PATTERN(f64, double, PATTERN_REAL(word, 52, 0x1p-52))

/* --- distances, and what is finite. Floats are compared as their bits: a signed integer that
 * orders as they do, zeros of both signs in one place. --- */

#define DISTANCE_INTEGER(name, storage, bits)                                                      \
    ELEMENT int name##_differs(storage a, storage b, uint##bits##_t ulps) {                        \
        uint##bits##_t distance = (uint##bits##_t)(a < b ? (uint##bits##_t)b - (uint##bits##_t)a   \
                                                         : (uint##bits##_t)a - (uint##bits##_t)b); \
        return distance > ulps;                                                                    \
    }
DISTANCE_INTEGER(i8, int8_t, 8)
DISTANCE_INTEGER(u8, uint8_t, 8)
DISTANCE_INTEGER(i32, int32_t, 32)
DISTANCE_INTEGER(u32, uint32_t, 32)
DISTANCE_INTEGER(i64, int64_t, 64)
DISTANCE_INTEGER(u64, uint64_t, 64)

/* `past` is the first code that is no finite number, `nan` the first that is NaN. */
#define DISTANCE_FLOAT(name, bits, past, nan)                                                      \
    ELEMENT int name##_bits_differ(uint##bits##_t a, uint##bits##_t b, uint##bits##_t ulps) {      \
        const uint##bits##_t most = (uint##bits##_t)INT##bits##_MAX;                               \
        uint##bits##_t a_magnitude = a & most;                                                     \
        uint##bits##_t b_magnitude = b & most;                                                     \
        uint##bits##_t low = a_magnitude < b_magnitude ? a_magnitude : b_magnitude;                \
        uint##bits##_t apart = (uint##bits##_t)(                                                   \
            (a ^ b) > most ? a_magnitude + b_magnitude : (a_magnitude ^ b_magnitude ^ low) - low); \
        int a_nan = a_magnitude >= (nan);                                                          \
        int b_nan = b_magnitude >= (nan);                                                          \
        return (a_nan | b_nan) ? a_nan != b_nan : apart > ulps;                                    \
    }                                                                                              \
    ELEMENT int name##_bits_nonfinite(uint##bits##_t a) {                                          \
        return (a & (uint##bits##_t)INT##bits##_MAX) >= (past);                                    \
    }
DISTANCE_FLOAT(f16, 16, 0x7c00, 0x7c01)
DISTANCE_FLOAT(bf16, 16, 0x7f80, 0x7f81)
DISTANCE_FLOAT(e4m3, 8, 0x7f, 0x7f)
DISTANCE_FLOAT(e5m2, 8, 0x7c, 0x7d)
DISTANCE_FLOAT(f32, 32, 0x7f800000u, 0x7f800001u)
DISTANCE_FLOAT(f64, 64, 0x7ff0000000000000u, 0x7ff0000000000001u)

#define DIFFERS_NARROW(name, number, storage, bits)                                                \
    ELEMENT int name##_differs(storage a, storage b, uint##bits##_t ulps) {                        \
        return name##_bits_differ(a, b, ulps);                                                     \
    }                                                                                              \
    ELEMENT int name##_nonfinite(storage a) {                                                      \
        return name##_bits_nonfinite(a);                                                           \
    }
NARROW_TYPES(DIFFERS_NARROW)

ELEMENT int f32_differs(float a, float b, uint32_t ulps) {
    return f32_bits_differ(bits_of_float(a), bits_of_float(b), ulps);
}

ELEMENT int f64_differs(double a, double b, uint64_t ulps) {
    return f64_bits_differ(bits_of_double(a), bits_of_double(b), ulps);
}

ELEMENT int f32_nonfinite(float a) {
    return f32_bits_nonfinite(bits_of_float(a));
}

ELEMENT int f64_nonfinite(double a) {
    return f64_bits_nonfinite(bits_of_double(a));
}

/* --- casts: from the classes word (i8, u8, i32), signed, unsigned (u32, u64), float, double --- */

#define TO_INTEGER(name, number, storage, bits)                                                    \
    ELEMENT storage name##_of_word(int32_t value) {                                                \
        return (storage)value;                                                                     \
    }                                                                                              \
    ELEMENT storage name##_of_i64(int64_t value) {                                                 \
        return (storage)value;                                                                     \
    }                                                                                              \
    ELEMENT storage name##_of_u64(uint64_t value) {                                                \
        return (storage)value;                                                                     \
    }                                                                                              \
    ELEMENT storage name##_of_float(float value) {                                                 \
        return name##_of_double((double)value);                                                    \
    }
INTEGER_TYPES(TO_INTEGER)

#define TO_NARROW(name, number, storage, bits)                                                     \
    ELEMENT storage name##_of_double(double value) {                                               \
        return name##_of_float(odd_float_of_double(value));                                        \
    }                                                                                              \
    ELEMENT storage name##_of_word(int32_t value) {                                                \
        return name##_of_double((double)value);                                                    \
    }                                                                                              \
    ELEMENT storage name##_of_i64(int64_t value) {                                                 \
        return name##_of_double(odd_double_of_i64(value));                                         \
    }                                                                                              \
    ELEMENT storage name##_of_u64(uint64_t value) {                                                \
        return name##_of_double(odd_double_of_u64(value));                                         \
    }
NARROW_TYPES(TO_NARROW)

ELEMENT float f32_of_double(double value) {
    return f32_of_float((float)value);
}

ELEMENT double f64_of_float(float value) {
    return f64_of_double((double)value);
}

#define TO_WIDE(name, storage)                                                                     \
    ELEMENT storage name##_of_word(int32_t value) {                                                \
        return (storage)value;                                                                     \
    }                                                                                              \
    ELEMENT storage name##_of_i64(int64_t value) {                                                 \
        return (storage)value;                                                                     \
    }                                                                                              \
    ELEMENT storage name##_of_u64(uint64_t value) {                                                \
        return (storage)value;                                                                     \
    }
TO_WIDE(f32, float)
TO_WIDE(f64, double)

/* --- GF(2^8) --- */

ELEMENT uint8_t galois_double(uint8_t a) {
    return (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1d : 0));
}

ELEMENT uint8_t galois_multiply(uint8_t a, uint8_t b) {
    uint8_t product = 0;
    for (int i = 0; i < 8; i++) {
        product = (uint8_t)(product ^ (b >> i & 1 ? a : 0));
        a = galois_double(a);
    }
    return product;
}

#endif
