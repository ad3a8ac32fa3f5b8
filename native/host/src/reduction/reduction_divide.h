/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Division by the number of sources, towards zero, without dividing: with W bits per element,
 * l = ceil(log2 n) and m = floor(2^W (2^l - n) / n) + 1,
 *     x / n = (((x - h) >> 1) + h) >> (l - 1)   where h = the upper W bits of x m
 * for each W-bit x (Granlund and Montgomery, 1994).
 */
#ifndef CONVOY_REDUCTION_DIVIDE_H
#define CONVOY_REDUCTION_DIVIDE_H

#include "reduction/reduction_kernels.h"
#include "reduction/reduction_vector.h"

/* Of the lower 32 bits of each element. */
INLINE vu64 low_product(vu64 a, vu64 b) {
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return (vu64)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    return (vu64)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__x86_64__)
    return (vu64)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
    return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

INLINE vu32 high_product_u32(vu32 x, uint64_t m) {
    const vu64 factor = (vu64){0} + m;
    vu64 even = low_product((vu64)x, factor) >> 32;
    vu64 odd = low_product((vu64)x >> 32, factor);
    return (vu32)(even | (odd & 0xffffffff00000000u));
}

/* From the four products of halves. */
INLINE vu64 high_product_u64(vu64 x, uint64_t m) {
    const vu64 low_factor = (vu64){0} + m;
    const vu64 high_factor = low_factor >> 32;
    vu64 low = low_product(x, low_factor);
    vu64 low_high = low_product(x, high_factor);
    vu64 high_low = low_product(x >> 32, low_factor);
    vu64 high = low_product(x >> 32, high_factor);
    vu64 middle = (low >> 32) + (low_high & 0xffffffffu) + high_low; /* of 33 bits and 64: fits */
    return high + (low_high >> 32) + (middle >> 32);
}

/* Bytes that stand alone in 16 bits: there are no shifts and products of single bytes. */
INLINE vu16 divide_spread_u8(vu16 x, struct kernel_constants c) {
    vu16 h = x * (uint16_t)c.multiplier >> 8;
    return (((x - h) >> 1) + h) >> (uint16_t)c.shift;
}

INLINE vu8 divide_u8(vu8 x, struct kernel_constants c) {
    vu16 even = divide_spread_u8((vu16)x & 0xffu, c);
    vu16 odd = divide_spread_u8((vu16)x >> 8, c);
    return (vu8)(even | odd << 8);
}

INLINE vu32 divide_u32(vu32 x, struct kernel_constants c) {
    vu32 h = high_product_u32(x, c.multiplier);
    return (((x - h) >> 1) + h) >> c.shift;
}

INLINE vu64 divide_u64(vu64 x, struct kernel_constants c) {
    vu64 h = high_product_u64(x, c.multiplier);
    return (((x - h) >> 1) + h) >> (uint64_t)c.shift;
}

/* The magnitude is divided, which rounds towards zero. */
#define DIVIDE_SIGNED(bits)                                                                        \
    INLINE vu##bits divide_i##bits(vu##bits x, struct kernel_constants c) {                        \
        vu##bits sign = (vu##bits)((vi##bits)x < 0);                                               \
        return (divide_u##bits((x ^ sign) - sign, c) ^ sign) - sign;                               \
    }
DIVIDE_SIGNED(8)
DIVIDE_SIGNED(32)
DIVIDE_SIGNED(64)

#endif
