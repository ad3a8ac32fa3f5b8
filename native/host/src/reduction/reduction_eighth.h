/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 8-bit floats, e4m3 and e5m2: a vector becomes two of half precision and those become four of
 * floats, all exactly. On the way back the floats are rounded once, to nearest even, and saturate:
 * to what half precision holds exactly, so that narrowing to it and on to 8 bits only moves bits.
 */
#ifndef CONVOY_REDUCTION_EIGHTH_H
#define CONVOY_REDUCTION_EIGHTH_H

#include "reduction/reduction_half.h"

/* Of the bytes at even and at odd addresses. */
struct float_quad {
    struct float_pair even;
    struct float_pair odd;
};

INLINE struct float_quad sum_quad(struct float_quad a, struct float_quad b) {
    return (struct float_quad){sum_pair(a.even, b.even), sum_pair(a.odd, b.odd)};
}

INLINE struct float_quad product_quad(struct float_quad a, struct float_quad b) {
    return (struct float_quad){product_pair(a.even, b.even), product_pair(a.odd, b.odd)};
}

INLINE struct float_quad scale_quad(struct float_quad quad, float scale) {
    return (struct float_quad){scale_pair(quad.even, scale), scale_pair(quad.odd, scale)};
}

/* To a multiple of the last place of `fraction` bits, or of the smallest number's where `value` is
 * smaller than `least`, the bits of the smallest normal number. */
INLINE vf32 rounded(vf32 value, uint32_t fraction, int32_t least, float most) {
    const vf32 limit = (vf32){0} + most;
    const vi32 least_exponent = (vi32){0} + least;
    vu32 sign = (vu32)value & 0x80000000u;
    vf32 magnitude = (vf32)((vu32)value & 0x7fffffffu);
    magnitude = SELECT(vf32, magnitude > limit, limit, magnitude); /* NaN stays */
    vi32 exponent = (vi32)magnitude & 0x7f800000;
    exponent = SELECT(vi32, exponent > least_exponent, exponent, least_exponent);
    /* A number whose own last place is that multiple: adding it rounds. */
    vf32 unit = (vf32)((vu32)exponent + ((23 - fraction) << 23));
    magnitude = (magnitude + unit) - unit;
    return (vf32)((vu32)magnitude | sign);
}

INLINE struct float_pair rounded_pair(struct float_pair pair, uint32_t fraction, int32_t least,
                                      float most) {
    return (struct float_pair){rounded(pair.first, fraction, least, most),
                               rounded(pair.second, fraction, least, most)};
}

INLINE vu16 half_is_nan(vu16 half) {
    return (vu16)((vi16)(half & 0x7fff) > 0x7c00);
}

/* --- e5m2: the upper half of half precision. Infinities saturate, too, as CUDA's conversion has
 * it. --- */

INLINE struct float_quad e5m2_widen(vector raw) {
    vu16 both = (vu16)raw;
    return (struct float_quad){float16_widen((vector)(both << 8)),
                               float16_widen((vector)(both & 0xff00))};
}

INLINE vu16 e5m2_upper(struct float_pair pair) {
    vu16 half = (vu16)float16_narrow(rounded_pair(pair, 2, 0x38800000, 57344.0f));
    return SELECT(vu16, half_is_nan(half), (vu16){0} + 0x7e00, half);
}

INLINE vector e5m2_narrow(struct float_quad quad) {
    return (vector)(e5m2_upper(quad.even) >> 8 | e5m2_upper(quad.odd));
}

/* A minimum or maximum that is infinite becomes the largest number, as a sum does. */
INLINE vector e5m2_saturate(vector raw) {
    vu8 value = (vu8)raw;
    return (vector)(value + (vu8)((value & 0x7f) == 0x7c));
}

/* --- e4m3: no infinities, and one NaN of each sign. Its exponent is in half precision's place with
 * another bias, which a factor corrects. --- */

#define E4M3_FACTOR 0x1p8f

/* The values lie in the upper bytes. */
INLINE vector e4m3_to_half(vu16 upper) {
    vu16 magnitude = upper >> 1 & 0x3f80;
    vu16 nan = (vu16)(magnitude == 0x3f80) & 0x7c00;
    return (vector)((upper & 0x8000) | magnitude | nan);
}

INLINE struct float_quad e4m3_widen(vector raw) {
    vu16 both = (vu16)raw;
    struct float_quad quad = {float16_widen(e4m3_to_half(both << 8)),
                              float16_widen(e4m3_to_half(both & 0xff00))};
    return scale_quad(quad, E4M3_FACTOR);
}

INLINE vu16 e4m3_upper(struct float_pair pair) {
    struct float_pair exact = rounded_pair(pair, 3, 0x3c800000, 448.0f);
    vu16 half = (vu16)float16_narrow(scale_pair(exact, 1 / E4M3_FACTOR));
    vu16 value = (half & 0x8000) | (half << 1 & 0x7f00);
    return SELECT(vu16, half_is_nan(half), (vu16){0} + 0x7f00, value);
}

INLINE vector e4m3_narrow(struct float_quad quad) {
    return (vector)(e4m3_upper(quad.even) >> 8 | e4m3_upper(quad.odd));
}

#endif
