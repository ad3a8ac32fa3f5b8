/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel of the host runtime: what may be passed to it, and how a part of it is done. */
#ifndef CONVOY_KERNEL_H
#define CONVOY_KERNEL_H

#include "base/base.h"
#include "convoy/convoy_launch.h"
#include "loops.h"

/* The kernels' own copy of what was passed. */
union kernel_arguments {
    struct convoyFillArguments fill;
    struct convoyPatternArguments pattern;
    struct convoyVerifyArguments verify;
    struct convoyCompareArguments compare;
    struct convoyNonFiniteArguments nonfinite;
    struct convoyChecksumArguments checksum;
    struct convoyCastArguments cast;
    struct convoyAxpyArguments axpy;
    struct convoyMomentumArguments momentum;
    struct convoyXorArguments xor ;
    struct convoyMultiplyArguments multiply;
};

/* Work is counted in units: elements, words of a checksum, or bytes. */
struct kernel {
    size_t argument_bytes;
    /* The number of units in `units`, and what one has at most in `unit_bytes`; false if anything
     * does not fit. */
    bool (*check)(const union kernel_arguments *arguments, uint64_t *units, size_t *unit_bytes);
    void (*run)(const struct kernel_loops *loops, const union kernel_arguments *arguments,
                uint64_t begin, size_t count);
};

extern const struct kernel kernel_fill;
extern const struct kernel kernel_pattern;
extern const struct kernel kernel_verify;
extern const struct kernel kernel_compare;
extern const struct kernel kernel_nonfinite;
extern const struct kernel kernel_checksum;
extern const struct kernel kernel_cast;
extern const struct kernel kernel_axpy;
extern const struct kernel kernel_momentum;
extern const struct kernel kernel_xor;
extern const struct kernel kernel_multiply;

#endif
