/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Half precision: a vector of 16-bit elements becomes two of floats and is rounded once, to nearest
 * even, on the way back. Which lane goes where does not matter, since both ways agree.
 */
#ifndef CONVOY_REDUCTION_HALF_H
#define CONVOY_REDUCTION_HALF_H

#include "reduction/reduction_float.h"
#include "reduction/reduction_vector.h"

struct float_pair {
    vf32 first;
    vf32 second;
};

INLINE struct float_pair sum_pair(struct float_pair a, struct float_pair b) {
    return (struct float_pair){a.first + b.first, a.second + b.second};
}

INLINE struct float_pair product_pair(struct float_pair a, struct float_pair b) {
    return (struct float_pair){a.first * b.first, a.second * b.second};
}

INLINE struct float_pair scale_pair(struct float_pair pair, float scale) {
    return (struct float_pair){pair.first * scale, pair.second * scale};
}

/* As canonical_f32, of a whole vector at once after rounding: neither rounding below takes a NaN
 * for a number. */
INLINE vector canonical_half(vector raw, int16_t infinity, uint16_t nan) {
    vu16 value = (vu16)raw;
    vi16 magnitude = (vi16)(value & 0x7fff);
    const vu16 quiet = (vu16){0} + nan;
#if VECTOR_BYTES == 64 && defined(__AVX512BW__)
    __mmask32 nans = _mm512_cmpgt_epi16_mask((__m512i)magnitude, (__m512i)((vi16){0} + infinity));
    return (vector)_mm512_mask_mov_epi16((__m512i)value, nans, (__m512i)quiet);
#else
    return (vector)SELECT(vu16, magnitude > infinity, quiet, value);
#endif
}

/* --- bfloat16: the upper half of a float. A pair of neighbours is split by masking alone. --- */

INLINE struct float_pair bfloat16_widen(vector raw) {
    vu32 both = (vu32)raw;
    return (struct float_pair){(vf32)(both << 16), (vf32)(both & 0xffff0000u)};
}

/* The upper 16 bits are the result. A NaN's lower ones are zero, as those of every input are: it
 * stays one. */
INLINE vu32 bfloat16_round(vf32 value) {
    vu32 bits = (vu32)value;
#if VECTOR_BYTES == 64 && defined(__AVX512F__)
    const __m512i half = (__m512i)((vu32){0} + 0x7fffu);
    const __m512i one = (__m512i)((vu32){0} + 1u);
    __mmask16 odd = _mm512_test_epi32_mask((__m512i)bits, (__m512i)((vu32){0} + 0x10000u));
    __m512i rounded = _mm512_add_epi32((__m512i)bits, half);
    return (vu32)_mm512_mask_add_epi32(rounded, odd, rounded, one);
#else
    return bits + 0x7fffu + ((bits >> 16) & 1u);
#endif
}

INLINE vector bfloat16_narrow(struct float_pair pair) {
    vu32 both = bfloat16_round(pair.first) >> 16 | (bfloat16_round(pair.second) & 0xffff0000u);
    return canonical_half((vector)both, 0x7f80, 0x7fc0);
}

/* --- float16 --- */

#if VECTOR_BYTES == 64 && defined(__AVX512F__)

#define NEAREST_EVEN (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define FLOAT16_LOADS

INLINE struct float_pair float16_load(const unsigned char *from) {
    const __m256i *halves = (const __m256i *)(const void *)from;
    return (struct float_pair){(vf32)_mm512_cvtph_ps(_mm256_loadu_si256(halves)),
                               (vf32)_mm512_cvtph_ps(_mm256_loadu_si256(halves + 1))};
}

INLINE struct float_pair float16_widen(vector raw) {
    __m512i both = (__m512i)raw;
    return (struct float_pair){(vf32)_mm512_cvtph_ps(_mm512_castsi512_si256(both)),
                               (vf32)_mm512_cvtph_ps(_mm512_extracti64x4_epi64(both, 1))};
}

INLINE vector float16_narrow(struct float_pair pair) {
    __m256i first = _mm512_cvtps_ph((__m512)pair.first, NEAREST_EVEN);
    __m256i second = _mm512_cvtps_ph((__m512)pair.second, NEAREST_EVEN);
    return (vector)_mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
}

#elif VECTOR_BYTES == 32 && defined(__F16C__)

#define NEAREST_EVEN _MM_FROUND_TO_NEAREST_INT
#define FLOAT16_LOADS

INLINE struct float_pair float16_load(const unsigned char *from) {
    const __m128i *halves = (const __m128i *)(const void *)from;
    return (struct float_pair){(vf32)_mm256_cvtph_ps(_mm_loadu_si128(halves)),
                               (vf32)_mm256_cvtph_ps(_mm_loadu_si128(halves + 1))};
}

INLINE struct float_pair float16_widen(vector raw) {
    __m256i both = (__m256i)raw;
    return (struct float_pair){(vf32)_mm256_cvtph_ps(_mm256_castsi256_si128(both)),
                               (vf32)_mm256_cvtph_ps(_mm256_extracti128_si256(both, 1))};
}

INLINE vector float16_narrow(struct float_pair pair) {
    __m128i first = _mm256_cvtps_ph((__m256)pair.first, NEAREST_EVEN);
    __m128i second = _mm256_cvtps_ph((__m256)pair.second, NEAREST_EVEN);
    return (vector)_mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
}

#elif defined(__aarch64__)

INLINE struct float_pair float16_widen(vector raw) {
    float16x8_t both = (float16x8_t)raw;
    return (struct float_pair){(vf32)vcvt_f32_f16(vget_low_f16(both)),
                               (vf32)vcvt_high_f32_f16(both)};
}

INLINE vector float16_narrow(struct float_pair pair) {
    float16x4_t first = vcvt_f16_f32((float32x4_t)pair.first);
    return (vector)vcvt_high_f16_f32(first, (float32x4_t)pair.second);
}

#else

/* In integer arithmetic. The multiplication by 2^112 moves the exponent's bias and normalises
 * subnormals, exactly. */
INLINE vf32 float16_widen_lane(vu32 half) {
    vu32 sign = (half & 0x8000u) << 16;
    vi32 magnitude = (vi32)(half & 0x7fffu);
    vu32 finite = (vu32)((vf32)(magnitude << 13) * 0x1p112f);
    vu32 special = (vu32)(magnitude << 13) | 0x7f800000u;
    return (vf32)(sign | SELECT(vu32, magnitude >= 0x7c00, special, finite));
}

INLINE struct float_pair float16_widen(vector raw) {
    vu32 both = (vu32)raw;
    return (struct float_pair){float16_widen_lane(both & 0xffffu), float16_widen_lane(both >> 16)};
}

/* Normal results round in the integer domain; adding 1/2 lines subnormal ones up at the float's
 * end, which rounds. Of a NaN only the sign is kept. */
INLINE vu32 float16_narrow_lane(vf32 value) {
    vu32 sign = ((vu32)value >> 16) & 0x8000u;
    vi32 magnitude = (vi32)((vu32)value & 0x7fffffffu);
    vi32 normal = (magnitude - 0x38000000 + 0xfff + ((magnitude >> 13) & 1)) >> 13;
    vi32 subnormal = (vi32)((vf32)magnitude + 0.5f) - 0x3f000000;
    vi32 finite = SELECT(vi32, magnitude < 0x38800000, subnormal, normal);
    vi32 infinite = ((magnitude > 0x7f800000) & 0x200) | 0x7c00;
    return sign | SELECT(vu32, magnitude >= 0x477ff000, infinite, finite);
}

INLINE vector float16_narrow(struct float_pair pair) {
    return (vector)(float16_narrow_lane(pair.first) | float16_narrow_lane(pair.second) << 16);
}

#endif

/* Where the conversion takes memory, it saves the way through a whole vector. */
#if !defined(FLOAT16_LOADS)
INLINE struct float_pair float16_load(const unsigned char *from) {
    return float16_widen(vector_load(from));
}
#endif

#endif
