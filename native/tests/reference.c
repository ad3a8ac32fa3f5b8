/* SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"

#include <math.h>
#include <string.h>

size_t reference_type_bytes(ncclDataType_t type) {
    static const size_t sizes[ncclNumTypes] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2, 1, 1};
    return sizes[type];
}

static uint64_t mix(uint64_t seed, uint64_t rank, uint64_t index) {
    uint64_t z = seed + rank * 0x9e3779b97f4a7c15u + index * 0xd1342543de82ef95u;
    z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93u;
    z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93u;
    return z ^ (z >> 32);
}

/* --- bfloat16, rounded by comparing the two candidates as numbers --- */

static float bfloat_value(uint16_t bits) {
    uint32_t wide = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

static uint16_t bfloat_nearest(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint16_t low = (uint16_t)(bits >> 16);
    if (isnan(value)) {
        return low | 0x40;
    }
    uint16_t high = (uint16_t)(low + 1);
    double below = fabs((double)value - bfloat_value(low));
    double step = isinf(bfloat_value(high)) ? ldexp(1.0, 120)
                                            : fabs((double)bfloat_value(high) - bfloat_value(low));
    double above = step - below;
    if (isinf(value) || below < above || (below == above && (low & 1) == 0)) {
        return low;
    }
    return high;
}

/* --- 8-bit floats, by their lists of values --- */

static double eighth_magnitude(ncclDataType_t type, unsigned bits) {
    int fraction_bits = type == ncclFloat8e4m3 ? 3 : 2;
    int bias = type == ncclFloat8e4m3 ? 7 : 15;
    unsigned infinity = type == ncclFloat8e4m3 ? 0x7f : 0x7c; /* e4m3 has none */
    if (bits >= infinity) {
        return bits == 0x7c ? INFINITY : NAN;
    }
    int exponent = (int)(bits >> fraction_bits);
    unsigned fraction = bits & ((1u << fraction_bits) - 1);
    return exponent == 0
               ? ldexp((double)fraction, 1 - bias - fraction_bits)
               : ldexp((double)(fraction + (1u << fraction_bits)), exponent - bias - fraction_bits);
}

static double eighth_value(ncclDataType_t type, uint8_t bits) {
    double magnitude = eighth_magnitude(type, bits & 0x7f);
    return bits & 0x80 ? -magnitude : magnitude;
}

/* The closest of all numbers, and of two as close the even one. */
static uint8_t eighth_nearest(ncclDataType_t type, double value) {
    unsigned largest = type == ncclFloat8e4m3 ? 0x7e : 0x7b;
    double magnitude = fabs(value);
    if (isnan(value)) {
        return type == ncclFloat8e4m3 ? 0x7f : 0x7e;
    }
    unsigned above = 0; /* the first number that is not smaller, or the last one */
    for (unsigned step = 64; step > 0; step /= 2) {
        if (above + step <= largest && eighth_magnitude(type, above + step - 1) < magnitude) {
            above += step;
        }
    }
    unsigned result = above;
    if (above > 0 && eighth_magnitude(type, above) > magnitude) {
        double up = eighth_magnitude(type, above) - magnitude;
        double down = magnitude - eighth_magnitude(type, above - 1);
        result = down < up || (down == up && above % 2 == 1) ? above - 1 : above;
    }
    return (uint8_t)(result | (signbit(value) ? 0x80 : 0));
}

/* --- inputs --- */

static double floating_input(uint64_t bits) {
    switch (bits % 23) {
    case 0:
        return 0.0;
    case 1:
        return -0.0;
    case 2:
        return (bits >> 40) % 16 == 0 ? NAN : 1.0;
    case 3:
        return (bits >> 40) % 16 == 0 ? INFINITY : -1.0;
    case 4:
        return (bits >> 40) % 16 == 0 ? -INFINITY : 0.5;
    default:
        return ldexp((double)(int64_t)(bits >> 40) - 8388608.0, (int)((bits >> 8) % 16) - 28);
    }
}

/* The element's bytes, at the beginning of the word (as everywhere here: little endian). */
static uint64_t input_word(ncclDataType_t type, uint64_t seed, int rank, size_t index) {
    uint64_t word = mix(seed, (uint64_t)rank, index);
    double value = floating_input(word);
    float single = (float)value;
    _Float16 half = (_Float16)value;
    uint16_t narrow = bfloat_nearest(single);
    uint8_t narrowest;
    switch (type) {
    case ncclFloat16:
        memcpy(&word, &half, sizeof half);
        break;
    case ncclBfloat16:
        memcpy(&word, &narrow, sizeof narrow);
        break;
    case ncclFloat32:
        memcpy(&word, &single, sizeof single);
        break;
    case ncclFloat64:
        memcpy(&word, &value, sizeof value);
        break;
    case ncclFloat8e4m3:
    case ncclFloat8e5m2:
        narrowest = eighth_nearest(type, ldexp(value, 4));
        memcpy(&word, &narrowest, sizeof narrowest);
        break;
    default:
        break;
    }
    return word;
}

void reference_input(void *out, ncclDataType_t type, uint64_t seed, int rank, size_t index) {
    uint64_t word = input_word(type, seed, rank, index);
    memcpy(out, &word, reference_type_bytes(type));
}

/* --- reductions --- */

#define FOLD_INTEGER(name, type, wide)                                                             \
    static void name(void *out, ncclRedOp_t op, const uint64_t *words, const uint64_t *factors,    \
                     int n) {                                                                      \
        type result;                                                                               \
        memcpy(&result, &words[0], sizeof result);                                                 \
        if (factors != NULL) {                                                                     \
            result = (type)((wide)result * factors[0]);                                            \
        }                                                                                          \
        for (int rank = 1; rank < n; rank++) {                                                     \
            type next;                                                                             \
            memcpy(&next, &words[rank], sizeof next);                                              \
            if (factors != NULL) {                                                                 \
                next = (type)((wide)next * factors[rank]);                                         \
            }                                                                                      \
            switch (op) {                                                                          \
            case ncclProd:                                                                         \
                result = (type)((wide)result * (wide)next);                                        \
                break;                                                                             \
            case ncclMax:                                                                          \
                result = next > result ? next : result;                                            \
                break;                                                                             \
            case ncclMin:                                                                          \
                result = next < result ? next : result;                                            \
                break;                                                                             \
            default:                                                                               \
                result = (type)((wide)result + (wide)next);                                        \
            }                                                                                      \
        }                                                                                          \
        if (op == ncclAvg) {                                                                       \
            result = (type)((__int128)result / n);                                                 \
        }                                                                                          \
        memcpy(out, &result, sizeof result);                                                       \
    }

FOLD_INTEGER(fold_int8, int8_t, uint64_t)
FOLD_INTEGER(fold_uint8, uint8_t, uint64_t)
FOLD_INTEGER(fold_int32, int32_t, uint64_t)
FOLD_INTEGER(fold_uint32, uint32_t, uint64_t)
FOLD_INTEGER(fold_int64, int64_t, uint64_t)
FOLD_INTEGER(fold_uint64, uint64_t, uint64_t)

static double extreme(double a, double b, bool maximum) {
    if (isnan(a) || isnan(b)) {
        return isnan(a) ? b : a;
    }
    if (a == 0 && b == 0) {
        bool negative = maximum ? signbit(a) && signbit(b) : signbit(a) || signbit(b);
        return negative ? -0.0 : 0.0;
    }
    return (a > b) == maximum ? a : b;
}

/* `volatile` keeps every intermediate result in its type. */
#define FOLD_FLOATING(name, type, read, write, scale_of)                                           \
    static void name(void *out, ncclRedOp_t op, const uint64_t *words, const uint64_t *factors,    \
                     int n) {                                                                      \
        volatile type result = read(words[0]);                                                     \
        const type scale = scale_of(n);                                                            \
        if (factors != NULL) {                                                                     \
            result = result * read(factors[0]);                                                    \
        } else if (op == ncclAvg && n > 1) {                                                       \
            result = result * scale;                                                               \
        }                                                                                          \
        for (int rank = 1; rank < n; rank++) {                                                     \
            volatile type next = read(words[rank]);                                                \
            if (op == ncclProd) {                                                                  \
                result = result * next;                                                            \
            } else if (op == ncclMax || op == ncclMin) {                                           \
                result = (type)extreme(result, next, op == ncclMax);                               \
            } else {                                                                               \
                if (factors != NULL) {                                                             \
                    next = next * read(factors[rank]);                                             \
                } else if (op == ncclAvg) {                                                        \
                    next = next * scale;                                                           \
                }                                                                                  \
                result = result + next;                                                            \
            }                                                                                      \
        }                                                                                          \
        write(out, result);                                                                        \
    }

static double read_double(uint64_t word) {
    double value;
    memcpy(&value, &word, sizeof value);
    return value;
}

static void write_double(void *out, double value) {
    memcpy(out, &value, sizeof value);
}

static double scale_double(int n) {
    return 1.0 / n;
}

static float read_float(uint64_t word) {
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

static void write_float(void *out, float value) {
    memcpy(out, &value, sizeof value);
}

static float scale_float(int n) {
    return 1.0f / (float)n;
}

static float read_half(uint64_t word) {
    _Float16 value;
    memcpy(&value, &word, sizeof value);
    return (float)value;
}

static void write_half(void *out, float value) {
    _Float16 narrow = (_Float16)value;
    memcpy(out, &narrow, sizeof narrow);
}

static float scale_half(int n) {
    return (float)(_Float16)(1.0f / (float)n);
}

static float read_bfloat(uint64_t word) {
    uint16_t bits;
    memcpy(&bits, &word, sizeof bits);
    return bfloat_value(bits);
}

static void write_bfloat(void *out, float value) {
    uint16_t narrow = bfloat_nearest(value);
    memcpy(out, &narrow, sizeof narrow);
}

static float scale_bfloat(int n) {
    return bfloat_value(bfloat_nearest(1.0f / (float)n));
}

#define EIGHTH(name, type)                                                                         \
    static float read_##name(uint64_t word) {                                                      \
        return (float)eighth_value(type, (uint8_t)word);                                           \
    }                                                                                              \
    static void write_##name(void *out, float value) {                                             \
        *(uint8_t *)out = eighth_nearest(type, value);                                             \
    }                                                                                              \
    static float scale_##name(int n) {                                                             \
        return (float)eighth_value(type, eighth_nearest(type, 1.0f / (float)n));                   \
    }

EIGHTH(e4m3, ncclFloat8e4m3)
EIGHTH(e5m2, ncclFloat8e5m2)

FOLD_FLOATING(fold_float64, double, read_double, write_double, scale_double)
FOLD_FLOATING(fold_float32, float, read_float, write_float, scale_float)
FOLD_FLOATING(fold_float16, float, read_half, write_half, scale_half)
FOLD_FLOATING(fold_bfloat16, float, read_bfloat, write_bfloat, scale_bfloat)
FOLD_FLOATING(fold_e4m3, float, read_e4m3, write_e4m3, scale_e4m3)
FOLD_FLOATING(fold_e5m2, float, read_e5m2, write_e5m2, scale_e5m2)

static void fold_words(void *out, ncclDataType_t type, ncclRedOp_t redop, const uint64_t *words,
                       const uint64_t *factors, int n) {
    typedef void (*fold)(void *, ncclRedOp_t, const uint64_t *, const uint64_t *, int);
    static const fold folds[ncclNumTypes] = {
        [ncclInt8] = fold_int8,         [ncclUint8] = fold_uint8,     [ncclInt32] = fold_int32,
        [ncclUint32] = fold_uint32,     [ncclInt64] = fold_int64,     [ncclUint64] = fold_uint64,
        [ncclFloat16] = fold_float16,   [ncclFloat32] = fold_float32, [ncclFloat64] = fold_float64,
        [ncclBfloat16] = fold_bfloat16, [ncclFloat8e4m3] = fold_e4m3, [ncclFloat8e5m2] = fold_e5m2};
    folds[type](out, redop, words, factors, n);
}

void reference_fold(void *out, ncclDataType_t type, ncclRedOp_t redop, const uint64_t *words,
                    int n) {
    fold_words(out, type, redop, words, NULL, n);
}

void reference_fold_scaled(void *out, ncclDataType_t type, const uint64_t *words,
                           const uint64_t *factors, int n) {
    fold_words(out, type, ncclSum, words, factors, n);
}

void reference_reduce(void *out, ncclDataType_t type, ncclRedOp_t redop, uint64_t seed, int nranks,
                      size_t index) {
    uint64_t words[REFERENCE_RANKS_MAX];
    for (int rank = 0; rank < nranks; rank++) {
        words[rank] = input_word(type, seed, rank, index);
    }
    reference_fold(out, type, redop, words, nranks);
}

static bool is_nan(ncclDataType_t type, const void *value) {
    uint16_t half;
    float single;
    double real;
    switch (type) {
    case ncclFloat16:
        memcpy(&half, value, 2);
        return (half & 0x7fff) > 0x7c00;
    case ncclBfloat16:
        memcpy(&half, value, 2);
        return (half & 0x7fff) > 0x7f80;
    case ncclFloat32:
        memcpy(&single, value, 4);
        return isnan(single);
    case ncclFloat64:
        memcpy(&real, value, 8);
        return isnan(real);
    case ncclFloat8e4m3:
    case ncclFloat8e5m2:
        return isnan(eighth_value(type, *(const uint8_t *)value));
    default:
        return false;
    }
}

bool reference_equal(ncclDataType_t type, const void *a, const void *b) {
    return memcmp(a, b, reference_type_bytes(type)) == 0 || (is_nan(type, a) && is_nan(type, b));
}
