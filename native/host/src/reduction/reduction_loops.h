/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernels of one set. The including file defines KERNELS, its name; VECTOR_BYTES; SHORTER, the
 * set for what is shorter than a vector; or KERNELS_SHORT if it is that set.
 */
#include "reduction/reduction_divide.h"
#include "reduction/reduction_eighth.h"
#include "reduction/reduction_float.h"
#include "reduction/reduction_half.h"
#include "reduction/reduction_kernels.h"
#include "reduction/reduction_vector.h"

/* --- the operators. Signed sums and products are those of unsigned elements: they wrap. --- */

#define ARITHMETIC(type, suffix)                                                                   \
    INLINE type sum_##suffix(type a, type b) {                                                     \
        return a + b;                                                                              \
    }                                                                                              \
    INLINE type product_##suffix(type a, type b) {                                                 \
        return a * b;                                                                              \
    }

#define ORDER(type, suffix)                                                                        \
    INLINE type maximum_##suffix(type a, type b) {                                                 \
        return SELECT(type, a > b, a, b);                                                          \
    }                                                                                              \
    INLINE type minimum_##suffix(type a, type b) {                                                 \
        return SELECT(type, a < b, a, b);                                                          \
    }

ARITHMETIC(vu8, u8)
ARITHMETIC(vu32, u32)
ARITHMETIC(vu64, u64)
ARITHMETIC(vf32, f32)
ARITHMETIC(vf64, f64)
ORDER(vi8, i8)
ORDER(vu8, u8)
ORDER(vi16, i16)
ORDER(vi32, i32)
ORDER(vu32, u32)
ORDER(vi64, i64)
ORDER(vu64, u64)

/* --- loops --- */

#if defined(KERNELS_SHORT)
#define LOAD(from) vector_load_part(from, bytes)
#define LOAD_FLOAT16 float16_widen(raw)
#else
#define LOAD(from) vector_load(from)
#define LOAD_FLOAT16 float16_load(from)
#endif

/*
 * A block of adjacent vectors of the result: with many sources the work on a vector is one long
 * chain, and those of a block go on side by side. `unpack` is an expression of `raw`, the bytes of
 * source `i` at `from`, and `pack` one of `value`, what was accumulated.
 */
#define BLOCK 4
#define AT(name, type, unpack, combine, pack)                                                      \
    INLINE void name##_at(vector *results, int block, const unsigned char *const *sources,         \
                          int nsources, size_t offset, size_t bytes, struct kernel_constants c) {  \
        (void)bytes;                                                                               \
        (void)c;                                                                                   \
        type values[BLOCK];                                                                        \
        int i = 0;                                                                                 \
        _Pragma("GCC unroll 4") for (int j = 0; j < block; j++) {                                  \
            const unsigned char *from = sources[0] + offset + j * VECTOR_BYTES;                    \
            vector raw = LOAD(from);                                                               \
            (void)raw;                                                                             \
            values[j] = unpack;                                                                    \
        }                                                                                          \
        for (i = 1; i < nsources; i++) {                                                           \
            const unsigned char *source = sources[i] + offset;                                     \
            _Pragma("GCC unroll 4") for (int j = 0; j < block; j++) {                              \
                const unsigned char *from = source + j * VECTOR_BYTES;                             \
                vector raw = LOAD(from);                                                           \
                (void)raw;                                                                         \
                values[j] = combine(values[j], unpack);                                            \
            }                                                                                      \
        }                                                                                          \
        _Pragma("GCC unroll 4") for (int j = 0; j < block; j++) {                                  \
            type value = values[j];                                                                \
            results[j] = (vector)pack;                                                             \
        }                                                                                          \
    }

#if defined(KERNELS_SHORT)

#define KERNEL(name, type, unpack, combine, pack)                                                  \
    AT(name, type, unpack, combine, pack)                                                          \
    static void name(unsigned char *out, const unsigned char *const *sources, int nsources,        \
                     size_t bytes, const struct kernel_constants *constants, bool streaming) {     \
        (void)streaming;                                                                           \
        vector result;                                                                             \
        name##_at(&result, 1, sources, nsources, 0, bytes, *constants);                            \
        vector_store_part(out, result, bytes);                                                     \
    }

#else

/* Where whole vectors are stored: from `begin`, aligned if they are streamed, while before `last`.
 */
struct span {
    size_t begin;
    size_t last;
};

INLINE struct span span_of(const unsigned char *out, size_t bytes, bool streaming) {
    size_t begin = streaming ? -(uintptr_t)out % VECTOR_BYTES : 0;
    return (struct span){.begin = begin, .last = bytes - VECTOR_BYTES};
}

/* Copies of the pointers, which the stores to `out` cannot change. */
#define SOME(...)                                                                                  \
    (const unsigned char *const[]) {                                                               \
        __VA_ARGS__                                                                                \
    }

/*
 * The first and the last vector overlap those between them, whose place follows from the alignment
 * and the step. They are computed before anything is stored, since `out` may be a source, and
 * stored at the end. So there is no loop for single elements.
 */
#define KERNEL(name, type, unpack, combine, pack)                                                  \
    AT(name, type, unpack, combine, pack)                                                          \
    static __attribute__((noinline))                                                               \
    vector name##_edge(const unsigned char *const *sources, int nsources, size_t offset,           \
                       const struct kernel_constants *c) {                                         \
        vector result;                                                                             \
        name##_at(&result, 1, sources, nsources, offset, 0, *c);                                   \
        return result;                                                                             \
    }                                                                                              \
    INLINE size_t name##_loop(unsigned char *out, int block, const unsigned char *const *sources,  \
                              int nsources, struct span span, struct kernel_constants c,           \
                              bool streaming) {                                                    \
        size_t offset = span.begin;                                                                \
        for (; offset + (block - 1) * VECTOR_BYTES < span.last; offset += block * VECTOR_BYTES) {  \
            vector results[BLOCK];                                                                 \
            name##_at(results, block, sources, nsources, offset, 0, c);                            \
            _Pragma("GCC unroll 4") for (int j = 0; j < block; j++) {                              \
                (streaming ? vector_stream : vector_store)(out + offset + j * VECTOR_BYTES,        \
                                                           results[j]);                            \
            }                                                                                      \
        }                                                                                          \
        return offset;                                                                             \
    }                                                                                              \
    INLINE void name##_any(unsigned char *out, const unsigned char *const *sources, int nsources,  \
                           struct span span, struct kernel_constants c, bool streaming) {          \
        switch (nsources) {                                                                        \
        case 2:                                                                                    \
            name##_loop(out, 1, SOME(sources[0], sources[1]), 2, span, c, streaming);              \
            break;                                                                                 \
        default:                                                                                   \
            span.begin = name##_loop(out, BLOCK, sources, nsources, span, c, streaming);           \
            name##_loop(out, 1, sources, nsources, span, c, streaming);                            \
        }                                                                                          \
    }                                                                                              \
    static void name(unsigned char *out, const unsigned char *const *sources, int nsources,        \
                     size_t bytes, const struct kernel_constants *constants, bool streaming) {     \
        struct span span = span_of(out, bytes, streaming);                                         \
        vector tail = name##_edge(sources, nsources, span.last, constants);                        \
        vector head = span.begin > 0 ? name##_edge(sources, nsources, 0, constants) : tail;        \
        if (streaming) {                                                                           \
            name##_any(out, sources, nsources, span, *constants, true);                            \
            vector_stream_end();                                                                   \
        } else {                                                                                   \
            name##_any(out, sources, nsources, span, *constants, false);                           \
        }                                                                                          \
        if (span.begin > 0) {                                                                      \
            vector_store(out, head);                                                               \
        }                                                                                          \
        vector_store(out + span.last, tail);                                                       \
    }

#endif

/* --- the kernels --- */

#define NOTHING(a, b) ((void)(b), (a))

KERNEL(copy, vector, raw, NOTHING, value)

#define INTEGER_KERNELS(bits)                                                                      \
    KERNEL(reduce_sum_u##bits, vu##bits, (vu##bits)raw, sum_u##bits, value)                        \
    KERNEL(reduce_product_u##bits, vu##bits, (vu##bits)raw, product_u##bits, value)                \
    KERNEL(reduce_maximum_u##bits, vu##bits, (vu##bits)raw, maximum_u##bits, value)                \
    KERNEL(reduce_minimum_u##bits, vu##bits, (vu##bits)raw, minimum_u##bits, value)                \
    KERNEL(reduce_maximum_i##bits, vi##bits, (vi##bits)raw, maximum_i##bits, value)                \
    KERNEL(reduce_minimum_i##bits, vi##bits, (vi##bits)raw, minimum_i##bits, value)                \
    KERNEL(reduce_average_u##bits, vu##bits, (vu##bits)raw, sum_u##bits, divide_u##bits(value, c)) \
    KERNEL(reduce_average_i##bits, vu##bits, (vu##bits)raw, sum_u##bits, divide_i##bits(value, c)) \
    KERNEL(reduce_scaled_u##bits, vu##bits, (vu##bits)raw *(uint##bits##_t)c.scalars[i].integer,   \
           sum_u##bits, value)

INTEGER_KERNELS(8)
INTEGER_KERNELS(32)
INTEGER_KERNELS(64)

#define FLOAT_KERNELS(name, type, suffix, unpack, scaled, pack)                                    \
    KERNEL(reduce_sum_##name, type, unpack, sum_##suffix, pack)                                    \
    KERNEL(reduce_product_##name, type, unpack, product_##suffix, pack)                            \
    KERNEL(reduce_average_##name, type, scaled((float)c.scale), sum_##suffix, pack)                \
    KERNEL(reduce_scaled_##name, type, scaled(c.scalars[i].single), sum_##suffix, pack)

#define SCALED_F32(factor) ((vf32)raw * (factor))
#define SCALED_F16(factor) scale_pair(LOAD_FLOAT16, factor)
#define SCALED_BF16(factor) scale_pair(bfloat16_widen(raw), factor)
#define SCALED_E4M3(factor) scale_quad(e4m3_widen(raw), factor)
#define SCALED_E5M2(factor) scale_quad(e5m2_widen(raw), factor)

FLOAT_KERNELS(f32, vf32, f32, (vf32)raw, SCALED_F32, canonical_f32(value))
FLOAT_KERNELS(f16, struct float_pair, pair, LOAD_FLOAT16, SCALED_F16,
              canonical_half(float16_narrow(value), 0x7c00, 0x7e00))
FLOAT_KERNELS(bf16, struct float_pair, pair, bfloat16_widen(raw), SCALED_BF16,
              bfloat16_narrow(value))
FLOAT_KERNELS(e4m3, struct float_quad, quad, e4m3_widen(raw), SCALED_E4M3, e4m3_narrow(value))
FLOAT_KERNELS(e5m2, struct float_quad, quad, e5m2_widen(raw), SCALED_E5M2, e5m2_narrow(value))

KERNEL(reduce_sum_f64, vf64, (vf64)raw, sum_f64, canonical_f64(value))
KERNEL(reduce_product_f64, vf64, (vf64)raw, product_f64, canonical_f64(value))
KERNEL(reduce_average_f64, vf64, (vf64)raw *c.scale, sum_f64, canonical_f64(value))
KERNEL(reduce_scaled_f64, vf64, (vf64)raw *c.scalars[i].real, sum_f64, canonical_f64(value))

#define FLOAT_ORDER(name, bits, pack)                                                              \
    KERNEL(reduce_maximum_##name, vi##bits, maximum_key_##name(raw), maximum_i##bits,              \
           pack(of_maximum_key_##name(value)))                                                     \
    KERNEL(reduce_minimum_##name, vi##bits, minimum_key_##name(raw), minimum_i##bits,              \
           pack(of_minimum_key_##name(value)))

#define AS_IT_IS(value) value

FLOAT_ORDER(f16, 16, AS_IT_IS)
FLOAT_ORDER(bf16, 16, AS_IT_IS)
FLOAT_ORDER(f32, 32, AS_IT_IS)
FLOAT_ORDER(f64, 64, AS_IT_IS)
FLOAT_ORDER(e4m3, 8, AS_IT_IS)
FLOAT_ORDER(e5m2, 8, e5m2_saturate)

#define INTEGER_ROW(suffix, wrapping)                                                              \
    {                                                                                              \
        [ncclSum] = reduce_sum_##wrapping, [ncclProd] = reduce_product_##wrapping,                 \
        [ncclMax] = reduce_maximum_##suffix, [ncclMin] = reduce_minimum_##suffix,                  \
        [ncclAvg] = reduce_average_##suffix, [KERNEL_SCALED_SUM] = reduce_scaled_##wrapping,       \
    }
#define FLOAT_ROW(suffix) INTEGER_ROW(suffix, suffix)

const struct kernel_set KERNELS = {
    .name = KERNELS_NAME,
    .least_bytes = LEAST_BYTES,
    .shorter = SHORTER,
    .copy = copy,
    .reduce =
        {
            [ncclInt8] = INTEGER_ROW(i8, u8),
            [ncclUint8] = INTEGER_ROW(u8, u8),
            [ncclInt32] = INTEGER_ROW(i32, u32),
            [ncclUint32] = INTEGER_ROW(u32, u32),
            [ncclInt64] = INTEGER_ROW(i64, u64),
            [ncclUint64] = INTEGER_ROW(u64, u64),
            [ncclFloat16] = FLOAT_ROW(f16),
            [ncclFloat32] = FLOAT_ROW(f32),
            [ncclFloat64] = FLOAT_ROW(f64),
            [ncclBfloat16] = FLOAT_ROW(bf16),
            [ncclFloat8e4m3] = FLOAT_ROW(e4m3),
            [ncclFloat8e5m2] = FLOAT_ROW(e5m2),
        },
};
