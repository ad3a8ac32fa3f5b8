/* SPDX-License-Identifier: Apache-2.0 */
/* What floats need beyond the CPU's arithmetic to give the same bits everywhere. */
#ifndef CONVOY_REDUCTION_FLOAT_H
#define CONVOY_REDUCTION_FLOAT_H

#include "reduction/reduction_vector.h"

/*
 * Of two NaN operands CPUs, and compilers that swap them, keep either. So a result that is NaN
 * becomes the quiet one without payload.
 */
INLINE vf32 canonical_f32(vf32 value) {
    const vu32 quiet = (vu32){0} + 0x7fc00000u;
#if VECTOR_BYTES == 64 && defined(__AVX512F__)
    __mmask16 numbers = _mm512_cmp_ps_mask((__m512)value, (__m512)value, _CMP_ORD_Q);
    return (vf32)_mm512_mask_mov_epi32((__m512i)quiet, numbers, (__m512i)value);
#else
    return SELECT(vf32, value == value, value, quiet);
#endif
}

INLINE vf64 canonical_f64(vf64 value) {
    const vu64 quiet = (vu64){0} + 0x7ff8000000000000u;
#if VECTOR_BYTES == 64 && defined(__AVX512F__)
    __mmask8 numbers = _mm512_cmp_pd_mask((__m512d)value, (__m512d)value, _CMP_ORD_Q);
    return (vf64)_mm512_mask_mov_epi64((__m512i)quiet, numbers, (__m512i)value);
#else
    return SELECT(vf64, value == value, value, quiet);
#endif
}

/*
 * Minimum and maximum are those of signed integers. With the bits below the sign flipped in
 * negative numbers, integers order as the floats do, -0 below +0, and NaN at both ends, where
 * `payloads` of them are. Shifted by that, they wrap around and are all together at one end: below
 * everything for a maximum, above for a minimum. So NaN is the result only if all are NaN.
 */
#define FLOAT_KEYS(name, bits, most, infinity, payloads, quiet)                                    \
    INLINE vu##bits flipped_##name(vu##bits x) {                                                   \
        return x ^ ((vu##bits)((vi##bits)x >> (bits - 1)) & most);                                 \
    }                                                                                              \
    INLINE vi##bits maximum_key_##name(vector raw) {                                               \
        return (vi##bits)(flipped_##name((vu##bits)raw) + payloads);                               \
    }                                                                                              \
    INLINE vi##bits minimum_key_##name(vector raw) {                                               \
        return (vi##bits)(flipped_##name((vu##bits)raw) - payloads);                               \
    }                                                                                              \
    INLINE vector of_maximum_key_##name(vi##bits key) {                                            \
        vu##bits number = flipped_##name((vu##bits)key - payloads);                                \
        return SELECT(vector, key < payloads - infinity - 1, (vu##bits){0} + quiet, number);       \
    }                                                                                              \
    INLINE vector of_minimum_key_##name(vi##bits key) {                                            \
        vu##bits number = flipped_##name((vu##bits)key + payloads);                                \
        return SELECT(vector, key > infinity - payloads, (vu##bits){0} + quiet, number);           \
    }

FLOAT_KEYS(e4m3, 8, 0x7f, 0x7e, 1, 0x7f) /* no infinity: the largest number */
FLOAT_KEYS(e5m2, 8, 0x7f, 0x7c, 3, 0x7e)
FLOAT_KEYS(f16, 16, 0x7fff, 0x7c00, 0x3ff, 0x7e00)
FLOAT_KEYS(bf16, 16, 0x7fff, 0x7f80, 0x7f, 0x7fc0)
FLOAT_KEYS(f32, 32, 0x7fffffff, 0x7f800000, 0x7fffff, 0x7fc00000)
FLOAT_KEYS(f64, 64, 0x7fffffffffffffff, 0x7ff0000000000000, 0xfffffffffffff, 0x7ff8000000000000)

#endif
