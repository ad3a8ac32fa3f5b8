/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain loops that the compiler vectorises, once for any x86-64 and once for AVX2. Contraction to
 * fused multiply-add is off for this project: it would give other bits on one of the two.
 */
#include "reduction_kernels.h"

#include <string.h>

/* Sanitizers are not ready when the loader resolves clones. */
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) &&              \
    !defined(__SANITIZE_THREAD__) && !defined(CONVOY_SANITIZE)
#define SIMD __attribute__((target_clones("arch=haswell", "default")))
#else
#define SIMD
#endif

/* User buffers may lie anywhere. */
#define UNALIGNED(type) typedef type type##_any __attribute__((aligned(1), may_alias))
UNALIGNED(int8_t);
UNALIGNED(uint8_t);
UNALIGNED(int32_t);
UNALIGNED(uint32_t);
UNALIGNED(int64_t);
UNALIGNED(uint64_t);
UNALIGNED(float);
UNALIGNED(double);
UNALIGNED(uint16_t);

/* `out` is `a`, `b`, or apart from both: no element depends on another, which the pragma tells the
 * vectoriser. */
#define BINARY(name, type, expression)                                                             \
    SIMD static void name(void *out, const void *left, const void *right, size_t n,                \
                          double scale) {                                                          \
        type##_any *o = out;                                                                       \
        const type##_any *l = left;                                                                \
        const type##_any *r = right;                                                               \
        const type s = (type)scale;                                                                \
        (void)s;                                                                                   \
        _Pragma("GCC ivdep") for (size_t i = 0; i < n; i++) {                                      \
            const type a = l[i];                                                                   \
            const type b = r[i];                                                                   \
            o[i] = (type)(expression);                                                             \
        }                                                                                          \
    }

/* Signed types share the unsigned sum and product: they wrap, and overflow is no undefined
 * behaviour. */
#define WRAPPING(type)                                                                             \
    BINARY(sum_##type, type, a + b)                                                                \
    BINARY(product_##type, type, a *b)

#define ORDERED(type)                                                                              \
    BINARY(maximum_##type, type, a > b ? a : b)                                                    \
    BINARY(minimum_##type, type, a < b ? a : b)

/* `wide` holds both the element and any number of ranks. */
#define AVERAGE_FINISH(type, wide)                                                                 \
    static void average_##type(void *out, size_t n, int nsources) {                                \
        type##_any *o = out;                                                                       \
        for (size_t i = 0; i < n; i++) {                                                           \
            o[i] = (type)(o[i] / (wide)nsources);                                                  \
        }                                                                                          \
    }

WRAPPING(uint8_t)
WRAPPING(uint32_t)
WRAPPING(uint64_t)
ORDERED(int8_t)
ORDERED(uint8_t)
ORDERED(int32_t)
ORDERED(uint32_t)
ORDERED(int64_t)
ORDERED(uint64_t)
AVERAGE_FINISH(int8_t, int)
AVERAGE_FINISH(uint8_t, int)
AVERAGE_FINISH(int32_t, int)
AVERAGE_FINISH(uint32_t, uint32_t)
AVERAGE_FINISH(int64_t, int64_t)
AVERAGE_FINISH(uint64_t, uint64_t)

static inline float float_with_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t float_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double double_with_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t double_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* NaN only if both are NaN; of two equal values, which differ at most in the sign of zero, −0 is
 * the smaller. */
#define FLOATING(type)                                                                             \
    BINARY(sum_##type, type, a + b)                                                                \
    BINARY(product_##type, type, a *b)                                                             \
    BINARY(maximum_##type, type,                                                                   \
           b != b   ? a                                                                            \
           : a == b ? type##_with_bits(type##_bits(a) & type##_bits(b))                            \
           : a > b  ? a                                                                            \
                    : b)                                                                            \
    BINARY(minimum_##type, type,                                                                   \
           b != b   ? a                                                                            \
           : a == b ? type##_with_bits(type##_bits(a) | type##_bits(b))                            \
           : a < b  ? a                                                                            \
                    : b)                                                                            \
    BINARY(average_first_##type, type, a *s + b * s)                                               \
    BINARY(average_next_##type, type, a + b * s)

FLOATING(float)
FLOATING(double)

#define INTEGER_KERNELS(type, wrapping)                                                            \
    {                                                                                              \
        [ncclSum] = {sum_##wrapping, sum_##wrapping, NULL},                                        \
        [ncclProd] = {product_##wrapping, product_##wrapping, NULL},                               \
        [ncclMax] = {maximum_##type, maximum_##type, NULL},                                        \
        [ncclMin] = {minimum_##type, minimum_##type, NULL},                                        \
        [ncclAvg] = {sum_##wrapping, sum_##wrapping, average_##type},                              \
    }

#define FLOAT_KERNELS(type)                                                                        \
    {                                                                                              \
        [ncclSum] = {sum_##type, sum_##type, NULL},                                                \
        [ncclProd] = {product_##type, product_##type, NULL},                                       \
        [ncclMax] = {maximum_##type, maximum_##type, NULL},                                        \
        [ncclMin] = {minimum_##type, minimum_##type, NULL},                                        \
        [ncclAvg] = {average_first_##type, average_next_##type, NULL},                             \
    }

static const struct kernels all_kernels[ncclNumTypes][ncclNumOps] = {
    [ncclInt8] = INTEGER_KERNELS(int8_t, uint8_t),
    [ncclUint8] = INTEGER_KERNELS(uint8_t, uint8_t),
    [ncclInt32] = INTEGER_KERNELS(int32_t, uint32_t),
    [ncclUint32] = INTEGER_KERNELS(uint32_t, uint32_t),
    [ncclInt64] = INTEGER_KERNELS(int64_t, uint64_t),
    [ncclUint64] = INTEGER_KERNELS(uint64_t, uint64_t),
    [ncclFloat32] = FLOAT_KERNELS(float),
    [ncclFloat64] = FLOAT_KERNELS(double),
};

const struct kernels *kernels_find(ncclRedOp_t redop, ncclDataType_t type) {
    return &all_kernels[type][redop];
}

/* Round to nearest even; NaN stays NaN (quiet), infinities and overflow become infinity. */
SIMD static void narrow_bfloat16(void *out, const float *in, size_t n) {
    uint16_t_any *o = out;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = float_bits(in[i]);
        uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
        uint32_t quiet = (bits >> 16) | 0x40u;
        o[i] = (uint16_t)((bits & 0x7fffffffu) > 0x7f800000u ? quiet : rounded);
    }
}

SIMD static void widen_bfloat16(float *out, const void *in, size_t n) {
    const uint16_t_any *v = in;
    for (size_t i = 0; i < n; i++) {
        out[i] = float_with_bits((uint32_t)v[i] << 16);
    }
}

/*
 * Half precision in integer arithmetic, so that every CPU gives the same bits. The multiplication
 * by 2^112 moves the exponent's bias and normalises subnormals, exactly.
 */
SIMD static void widen_float16(float *out, const void *in, size_t n) {
    const uint16_t_any *v = in;
    for (size_t i = 0; i < n; i++) {
        uint32_t sign = ((uint32_t)v[i] & 0x8000u) << 16;
        uint32_t magnitude = (uint32_t)v[i] & 0x7fffu;
        uint32_t finite = float_bits(float_with_bits(magnitude << 13) * 0x1p112f);
        uint32_t special = 0x7f800000u | (magnitude & 0x3ffu) << 13;
        out[i] = float_with_bits(sign | (magnitude >= 0x7c00u ? special : finite));
    }
}

/* Normal results round in the integer domain; adding 1/2 lines subnormal ones up at the float's
 * end, which rounds. */
SIMD static void narrow_float16(void *out, const float *in, size_t n) {
    uint16_t_any *o = out;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = float_bits(in[i]);
        uint32_t magnitude = bits & 0x7fffffffu;
        uint32_t sign = (bits >> 16) & 0x8000u;
        uint32_t normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
        uint32_t subnormal = float_bits(float_with_bits(magnitude) + 0.5f) - 0x3f000000u;
        uint32_t nan = 0x7e00u | ((magnitude >> 13) & 0x3ffu);
        uint32_t half = magnitude > 0x7f800000u    ? nan
                        : magnitude >= 0x477ff000u ? 0x7c00u
                        : magnitude < 0x38800000u  ? subnormal
                                                   : normal;
        o[i] = (uint16_t)(sign | half);
    }
}

static const struct widening half_widening = {widen_float16, narrow_float16};
static const struct widening bfloat_widening = {widen_bfloat16, narrow_bfloat16};

const struct widening *widening_find(ncclDataType_t type) {
    switch (type) {
    case ncclFloat16:
        return &half_widening;
    case ncclBfloat16:
        return &bfloat_widening;
    default:
        return NULL;
    }
}

double kernels_scale(ncclDataType_t type, int nsources) {
    const struct widening *widening = widening_find(type);
    if (widening == NULL) {
        return type == ncclFloat32 ? (double)(1.0f / (float)nsources) : 1.0 / nsources;
    }
    float exact = 1.0f / (float)nsources;
    uint16_t narrow;
    widening->narrow(&narrow, &exact, 1);
    widening->widen(&exact, &narrow, 1);
    return (double)exact;
}
