/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernels of convoy_kernels.h for GPUs, one function each. Any grid and block of one dimension
 * will do: a thread takes every n-th element, n being the number of threads. Compiled with
 * -fmad=false, since a product and a sum are rounded each.
 *
 * It is C but for what is in grid.h, which is why a test can run it on a CPU.
 */
#include "convoy/convoy_kernels.h"
#include "element.h"
#include "grid.h"

#define AT(address, storage) ((storage *)(uintptr_t)(address))

#define EACH(i, count)                                                                             \
    for (uint64_t i = GRID_FIRST, grid_step = GRID_THREADS; i < (count); i += grid_step)

/* One case for each type; the same one for all threads. */
#define TYPE_SWITCH(type, CASE, TYPES)                                                             \
    switch (type) {                                                                                \
        TYPES(CASE)                                                                                \
    default:                                                                                       \
        break;                                                                                     \
    }

KERNEL(convoyFill, struct convoyFillArguments) {
#define FILL_INTEGER(name, number, storage, bits)                                                  \
    case number: {                                                                                 \
        storage value = name##_of_i64(a.integer);                                                  \
        EACH(i, a.count) {                                                                         \
            AT(a.out, storage)[i] = value;                                                         \
        }                                                                                          \
        break;                                                                                     \
    }
#define FILL_FLOAT(name, number, storage, bits)                                                    \
    case number: {                                                                                 \
        storage value = name##_of_double(a.real);                                                  \
        EACH(i, a.count) {                                                                         \
            AT(a.out, storage)[i] = value;                                                         \
        }                                                                                          \
        break;                                                                                     \
    }
    TYPE_SWITCH(a.type, FILL_INTEGER, INTEGER_TYPES)
    TYPE_SWITCH(a.type, FILL_FLOAT, FLOAT_TYPES)
}

KERNEL(convoyPattern, struct convoyPatternArguments) {
#define PATTERN_CASE(name, number, storage, bits)                                                  \
    case number:                                                                                   \
        EACH(i, a.count) {                                                                         \
            AT(a.out, storage)[i] = name##_of_pattern(pattern_word(a.seed, a.first + i));          \
        }                                                                                          \
        break;
    TYPE_SWITCH(a.type, PATTERN_CASE, ALL_TYPES)
}

/* More steps than the type has are as good as all of them. */
#define MOST_ULPS(bits) (uint##bits##_t)(a.ulps < UINT##bits##_MAX ? a.ulps : UINT##bits##_MAX)

KERNEL(convoyVerify, struct convoyVerifyArguments) {
    uint64_t wrong = 0;
#define VERIFY_CASE(name, number, storage, bits)                                                   \
    case number:                                                                                   \
        EACH(i, a.count) {                                                                         \
            storage expected = name##_of_pattern(pattern_word(a.seed, a.first + i));               \
            wrong += name##_differs(AT(a.in, const storage)[i], expected, MOST_ULPS(bits));        \
        }                                                                                          \
        break;
    TYPE_SWITCH(a.type, VERIFY_CASE, ALL_TYPES)
    GRID_ADD(AT(a.wrong, uint64_t), wrong);
}

KERNEL(convoyCompare, struct convoyCompareArguments) {
    uint64_t wrong = 0;
#define COMPARE_CASE(name, number, storage, bits)                                                  \
    case number:                                                                                   \
        EACH(i, a.count) {                                                                         \
            wrong += name##_differs(AT(a.in, const storage)[i], AT(a.other, const storage)[i],     \
                                    MOST_ULPS(bits));                                              \
        }                                                                                          \
        break;
    TYPE_SWITCH(a.type, COMPARE_CASE, ALL_TYPES)
    GRID_ADD(AT(a.wrong, uint64_t), wrong);
}

KERNEL(convoyNonFinite, struct convoyNonFiniteArguments) {
    uint64_t found = 0;
#define NONFINITE_CASE(name, number, storage, bits)                                                \
    case number:                                                                                   \
        EACH(i, a.count) {                                                                         \
            found += name##_nonfinite(AT(a.in, const storage)[i]);                                 \
        }                                                                                          \
        break;
    TYPE_SWITCH(a.type, NONFINITE_CASE, FLOAT_TYPES)
    GRID_ADD(AT(a.found, uint64_t), found);
}

/* `bytes` bytes from word `index` on, the lowest first. */
ELEMENT uint64_t word_of_bytes(uint64_t address, uint64_t index, uint64_t bytes) {
    uint64_t word = 0;
    for (uint64_t i = 0; i < bytes; i++) {
        word |= (uint64_t)AT(address, const uint8_t)[8 * index + i] << 8 * i;
    }
    return word;
}

KERNEL(convoyChecksum, struct convoyChecksumArguments) {
    const uint64_t words = a.bytes / 8;
    const uint64_t tail = a.bytes % 8;
    uint64_t sum = 0;
    if (a.in % 8 == 0) {
        EACH(i, words) {
            sum += checksum_term(AT(a.in, const uint64_t)[i], a.first + i, 0);
        }
    } else {
        EACH(i, words) {
            sum += checksum_term(word_of_bytes(a.in, i, 8), a.first + i, 0);
        }
    }
    if (tail != 0 && GRID_FIRST == 0) {
        sum += checksum_term(word_of_bytes(a.in, words, tail), a.first + words, tail);
    }
    GRID_ADD(AT(a.sum, uint64_t), sum);
}

/* One function for each type that is cast from: together they would be too large to be compiled
 * well. */
#define CAST_CASE(name, number, storage, bits)                                                     \
    case number:                                                                                   \
        EACH(i, a.count) {                                                                         \
            AT(a.out, storage)[i] = CAST_CALL(name, AT(a.in, const CAST_STORAGE)[i]);              \
        }                                                                                          \
        break;
#define CAST(from, class) static GRID_FUNCTION void cast_##from(struct convoyCastArguments a)

#define CAST_STORAGE int8_t
#define CAST_CALL(name, value) name##_of_word(value)
CAST(i8, word) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_STORAGE
#define CAST_STORAGE uint8_t
CAST(u8, word) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_STORAGE
#define CAST_STORAGE int32_t
CAST(i32, word) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_STORAGE
#undef CAST_CALL
#define CAST_STORAGE int64_t
#define CAST_CALL(name, value) name##_of_i64(value)
CAST(i64, i64) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_STORAGE
#undef CAST_CALL
#define CAST_STORAGE uint32_t
#define CAST_CALL(name, value) name##_of_u64(value)
CAST(u32, u64) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_STORAGE
#define CAST_STORAGE uint64_t
CAST(u64, u64) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_STORAGE
#undef CAST_CALL
#define CAST_STORAGE double
#define CAST_CALL(name, value) name##_of_double(value)
CAST(f64, double) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_STORAGE
#undef CAST_CALL
#define CAST_STORAGE float
#define CAST_CALL(name, value) name##_of_float(value)
CAST(f32, float) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_STORAGE
#undef CAST_CALL
#define CAST_STORAGE uint16_t
#define CAST_CALL(name, value) name##_of_float(f16_to_float(value))
CAST(f16, float) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_CALL
#define CAST_CALL(name, value) name##_of_float(bf16_to_float(value))
CAST(bf16, float) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_STORAGE
#undef CAST_CALL
#define CAST_STORAGE uint8_t
#define CAST_CALL(name, value) name##_of_float(e4m3_to_float(value))
CAST(e4m3, float) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}
#undef CAST_CALL
#define CAST_CALL(name, value) name##_of_float(e5m2_to_float(value))
CAST(e5m2, float) {
    TYPE_SWITCH(a.out_type, CAST_CASE, ALL_TYPES)
}

KERNEL(convoyCast, struct convoyCastArguments) {
#define CAST_FROM(name, number, storage, bits)                                                     \
    case number:                                                                                   \
        cast_##name(a);                                                                            \
        break;
    TYPE_SWITCH(a.in_type, CAST_FROM, ALL_TYPES)
}

/* y = a x + y in `wide`. */
#define AXPY(storage, wide, load, store)                                                           \
    {                                                                                              \
        const wide factor = (wide)a.a;                                                             \
        EACH(i, a.count) {                                                                         \
            storage *y = AT(a.y, storage) + i;                                                     \
            *y = store(factor * load(AT(a.x, const storage)[i]) + load(*y));                       \
        }                                                                                          \
        break;                                                                                     \
    }
#define SAME(value) (value)

KERNEL(convoyAxpy, struct convoyAxpyArguments) {
#define AXPY_CASE(name, number, storage, bits)                                                     \
    case number:                                                                                   \
        AXPY(storage, float, name##_to_float, name##_of_float)
    switch (a.type) {
        NARROW_TYPES(AXPY_CASE)
    case 7:
        AXPY(float, float, SAME, f32_of_float)
    case 8:
        AXPY(double, double, SAME, f64_of_double)
    default:
        break;
    }
}

#define MOMENTUM(storage, wide, load, canonical, store)                                            \
    {                                                                                              \
        const wide rate = (wide)a.rate;                                                            \
        const wide momentum = (wide)a.momentum;                                                    \
        const wide decay = (wide)a.decay;                                                          \
        EACH(i, a.count) {                                                                         \
            storage *weight = AT(a.weights, storage) + i;                                          \
            storage *velocity = AT(a.velocity, storage) + i;                                       \
            wide slope = load(AT(a.gradient, const storage)[i]) + decay * load(*weight);           \
            wide speed = canonical(momentum * load(*velocity) + slope);                            \
            *velocity = store(speed);                                                              \
            *weight = store(canonical(load(*weight) - rate * speed));                              \
        }                                                                                          \
        break;                                                                                     \
    }

KERNEL(convoyMomentum, struct convoyMomentumArguments) {
#define MOMENTUM_CASE(name, number, storage, bits)                                                 \
    case number:                                                                                   \
        MOMENTUM(storage, float, name##_to_float, f32_of_float, name##_of_float)
    switch (a.type) {
        NARROW_TYPES(MOMENTUM_CASE)
    case 7:
        MOMENTUM(float, float, SAME, f32_of_float, SAME)
    case 8:
        MOMENTUM(double, double, SAME, f64_of_double, SAME)
    default:
        break;
    }
}

KERNEL(convoyXor, struct convoyXorArguments) {
    const uint64_t words = (a.out | a.in) % 8 == 0 ? a.bytes / 8 : 0;
    EACH(i, words) {
        AT(a.out, uint64_t)[i] ^= AT(a.in, const uint64_t)[i];
    }
    EACH(j, a.bytes - 8 * words) {
        AT(a.out, uint8_t)[8 * words + j] ^= AT(a.in, const uint8_t)[8 * words + j];
    }
}

/* The product of each byte of a word: those of the eight bits, added where the bit is set. */
ELEMENT uint64_t multiply_word(uint64_t word, uint64_t bit_products) {
    uint64_t product = 0;
    for (int bit = 0; bit < 8; bit++) {
        product ^= (word >> bit & 0x0101010101010101ull) * (bit_products >> 8 * bit & 0xff);
    }
    return product;
}

/* Byte i: the product of the coefficient and the number 2^i. */
ELEMENT uint64_t bit_products_of(uint8_t coefficient) {
    uint64_t products = 0;
    for (int bit = 0; bit < 8; bit++) {
        products |= (uint64_t)galois_multiply(coefficient, (uint8_t)(1 << bit)) << 8 * bit;
    }
    return products;
}

KERNEL(convoyMultiply, struct convoyMultiplyArguments) {
    uint64_t bit_products[CONVOY_KERNEL_OUTPUTS];
    uint64_t all = a.in;
    for (int j = 0; j < CONVOY_KERNEL_OUTPUTS; j++) {
        bit_products[j] = bit_products_of((uint8_t)(a.coefficients >> 8 * j));
        all |= (uint64_t)j < a.outputs ? a.outs[j] : 0;
    }
    const uint64_t words = all % 8 == 0 ? a.bytes / 8 : 0;
    EACH(i, words) {
        uint64_t word = AT(a.in, const uint64_t)[i];
        for (int j = 0; j < CONVOY_KERNEL_OUTPUTS; j++) {
            if ((uint64_t)j < a.outputs) {
                AT(a.outs[j], uint64_t)[i] ^= multiply_word(word, bit_products[j]);
            }
        }
    }
    EACH(k, a.bytes - 8 * words) {
        uint8_t byte = AT(a.in, const uint8_t)[8 * words + k];
        for (int j = 0; j < CONVOY_KERNEL_OUTPUTS; j++) {
            if ((uint64_t)j < a.outputs) {
                AT(a.outs[j], uint8_t)[8 * words + k] ^=
                    (uint8_t)multiply_word(byte, bit_products[j]);
            }
        }
    }
}
