/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inner loops of the kernels. One source (loops_body.h) is compiled once for each instruction
 * set that is worth it. All give the same bits.
 */
#ifndef CONVOY_LOOPS_H
#define CONVOY_LOOPS_H

#include "element.h"

#include <stddef.h>

/* What elements are widened to on their way to another type: without loss, and so that the rest of
 * the way rounds once. */
enum element_class {
    CLASS_WORD,     /* int32_t: i8, u8, i32 */
    CLASS_SIGNED,   /* int64_t */
    CLASS_UNSIGNED, /* uint64_t: u32, u64 */
    CLASS_FLOAT,    /* float: all but float64 */
    CLASS_DOUBLE,
    CLASSES
};

/* The products of one coefficient with the numbers below 16, and with those times 16. */
struct galois_table {
    uint8_t low[16];
    uint8_t high[16];
};

struct momentum_factors {
    double rate;
    double momentum;
    double decay;
};

/* Typed pointers are aligned to their elements, others need not be. Missing functions are those
 * that make no sense for a type. */
struct kernel_loops {
    const char *name;
    void (*fill[ELEMENT_TYPES])(void *out, size_t count, const void *element);
    void (*pattern[ELEMENT_TYPES])(void *out, size_t count, uint64_t seed, uint64_t first);
    uint64_t (*differing[ELEMENT_TYPES])(const void *a, const void *b, size_t count, uint64_t ulps);
    uint64_t (*nonfinite[ELEMENT_TYPES])(const void *in, size_t count);
    void (*widen[ELEMENT_TYPES])(void *out, const void *in, size_t count);
    void (*narrow[ELEMENT_TYPES][CLASSES])(void *out, const void *in, size_t count);
    void (*axpy_float)(float *y, const float *x, size_t count, float a);
    void (*axpy_double)(double *y, const double *x, size_t count, double a);
    void (*momentum_float)(float *weights, float *velocity, const float *gradient, size_t count,
                           const struct momentum_factors *factors);
    void (*momentum_double)(double *weights, double *velocity, const double *gradient, size_t count,
                            const struct momentum_factors *factors);
    uint64_t (*checksum)(const unsigned char *in, size_t words, uint64_t first);
    void (*xor_into)(unsigned char *out, const unsigned char *in, size_t bytes);
    void (*multiply)(unsigned char *out, const unsigned char *in, size_t bytes,
                     const struct galois_table *table);
};

extern const struct kernel_loops loops_baseline; /* SSE2, NEON: what every CPU of its kind has */
#if defined(__x86_64__)
extern const struct kernel_loops loops_avx2;
extern const struct kernel_loops loops_avx512;
#endif

extern const enum element_class element_classes[ELEMENT_TYPES];
extern const unsigned char element_sizes[ELEMENT_TYPES];

/* Those of the instruction set that the reductions use, too. */
const struct kernel_loops *loops_chosen(void);

/* NULL if this build or this CPU does not have them. */
const struct kernel_loops *loops_named(const char *name);

#endif
