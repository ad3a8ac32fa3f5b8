/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Division by the number of sources, towards zero, without dividing: with W bits per element,
 * l = ceil(log2 n) and m = floor(2^W (2^l - n) / n) + 1,
 *     x / n = (((x - h) >> 1) + h) >> (l - 1)   where h = the upper W bits of x m
 * for each W-bit x (Granlund and Montgomery, 1994).
 */
#ifndef CONVOY_REDUCTION_DIVIDE_H
#define CONVOY_REDUCTION_DIVIDE_H

#include "reduction_kernels.h"
#include "reduction_vector.h"

#define LOW_32 0xffffffffu

INLINE vu32 high_product_u32(vu32 x, uint64_t m) {
    vu64 even = ((vu64)x & LOW_32) * m >> 32;
    vu64 odd = ((vu64)x >> 32) * m;
    return (vu32)(even | (odd & ~(uint64_t)LOW_32));
}

/* From four products of 32-bit halves. */
INLINE vu64 high_product_u64(vu64 x, uint64_t m) {
    vu64 low = x & LOW_32;
    vu64 high = x >> 32;
    vu64 low_high = low * (m >> 32);
    vu64 high_low = high * (m & LOW_32);
    vu64 middle = (low * (m & LOW_32) >> 32) + (low_high & LOW_32) + (high_low & LOW_32);
    return high * (m >> 32) + (low_high >> 32) + (high_low >> 32) + (middle >> 32);
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
