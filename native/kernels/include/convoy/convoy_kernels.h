/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels on device buffers: what a program needs beside collectives, so that its data need not
 * leave the device. There are two implementations of this interface, with the same bits: the host
 * runtime's, called by convoyKernelLaunch, and CUDA's (kernels.cu), whose functions have the names
 * below and take the same structure as their only parameter, by value.
 *
 * All fields are words of 8 bytes. Buffers are memory of the device or pinned memory. Those of a
 * typed kernel are aligned to the element, those of `xor`, `multiply` and `checksum` need no
 * alignment. A buffer that is written is apart from the others or the same as one of them; but
 * those of `multiply` and of a cast to a type of another size are all apart. What a kernel counts
 * or sums is added to a word of 8 aligned bytes, which the caller sets to 0 before: so parts of a
 * buffer, or several buffers, may share it.
 */
#ifndef CONVOY_KERNELS_H
#define CONVOY_KERNELS_H

#include <stdint.h>

enum convoyKernel {
    convoyKernelFill = 0,
    convoyKernelPattern = 1,
    convoyKernelVerify = 2,
    convoyKernelCompare = 3,
    convoyKernelNonFinite = 4,
    convoyKernelChecksum = 5,
    convoyKernelCast = 6,
    convoyKernelAxpy = 7,
    convoyKernelMomentum = 8,
    convoyKernelXor = 9,
    convoyKernelMultiply = 10,
    convoyKernels = 11
};

/* Name "convoyFill". All elements become `real` if the type is a floating one, else `integer`, as
 * by a cast from float64 or int64. */
struct convoyFillArguments {
    uint64_t out;
    uint64_t type; /* ncclDataType_t */
    uint64_t count;
    double real;
    int64_t integer;
};

/*
 * Name "convoyPattern". Element i becomes a function of the seed and `first` + i. That is the
 * output number `first` + i of the generator SplitMix64; of an integer type its lower bits; of a
 * floating type with a fraction of p bits its upper p + 1 bits as a signed number, divided by 2^p:
 * exact, and evenly distributed in [-1, 1).
 */
struct convoyPatternArguments {
    uint64_t out;
    uint64_t type;
    uint64_t count;
    uint64_t seed;
    uint64_t first;
};

/*
 * Name "convoyVerify". Adds to `wrong` how many elements differ from the pattern by more than
 * `ulps` steps to the next number of the type (for integers, of 1). Zeros of both signs are the
 * same number; NaN differs from all numbers, and not from NaN.
 */
struct convoyVerifyArguments {
    uint64_t in;
    uint64_t type;
    uint64_t count;
    uint64_t seed;
    uint64_t first;
    uint64_t ulps;
    uint64_t wrong;
};

/* Name "convoyCompare". The same between two buffers. */
struct convoyCompareArguments {
    uint64_t in;
    uint64_t other;
    uint64_t type;
    uint64_t count;
    uint64_t ulps;
    uint64_t wrong;
};

/* Name "convoyNonFinite". Adds to `found` how many elements are infinite or NaN. */
struct convoyNonFiniteArguments {
    uint64_t in;
    uint64_t type;
    uint64_t count;
    uint64_t found;
};

/*
 * Name "convoyChecksum". Adds the checksum of `bytes` bytes to `sum`, modulo 2^64: the sum of
 * mix((word number i) xor mix'(`first` + i)) over the little-endian words of 8 bytes. Each term is
 * a bijection of its word, so that a change within one word always changes the sum; which place a
 * word has counts; and sums of parts, each with the number of its first word, add up to the
 * whole's. Only the last part may end within a word. mix is SplitMix64's, mix' its multiplication.
 */
struct convoyChecksumArguments {
    uint64_t in;
    uint64_t bytes;
    uint64_t first; /* number of the first word */
    uint64_t sum;
};

/*
 * Name "convoyCast". Every element in another type. Integers wrap around. To a floating type is
 * rounded once, to nearest even; beyond its range is infinity, or the largest number of an 8-bit
 * type. A floating type to an integer drops the fraction; beyond the range is the range's end, and
 * NaN is 0. NaN becomes the quiet one without sign and payload.
 */
struct convoyCastArguments {
    uint64_t out;
    uint64_t out_type;
    uint64_t in;
    uint64_t in_type;
    uint64_t count;
};

/* Name "convoyAxpy". y = a x + y for floating types: the product and the sum are rounded to
 * float32 (float64 for that type), and the result to the type. */
struct convoyAxpyArguments {
    uint64_t y;
    uint64_t x;
    uint64_t type;
    uint64_t count;
    double a;
};

/*
 * Name "convoyMomentum". Stochastic gradient descent with momentum for floating types, each
 * operation rounded to float32 (float64 for that type):
 *     v = momentum v + (g + decay w);    w = w - rate v
 * where the v of the second line is the unrounded one of the first.
 */
struct convoyMomentumArguments {
    uint64_t weights;
    uint64_t velocity;
    uint64_t gradient;
    uint64_t type;
    uint64_t count;
    double rate;
    double momentum;
    double decay;
};

/* Name "convoyXor". out = out xor in. */
struct convoyXorArguments {
    uint64_t out;
    uint64_t in;
    uint64_t bytes;
};

/*
 * Name "convoyMultiply". outs[j] = outs[j] xor coefficients[j] in, for j < `outputs`, where bytes
 * are elements of GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1 (0x11d). That is how both parity and
 * what was lost are computed; the input is read once for all outputs.
 */
#define CONVOY_KERNEL_OUTPUTS 8

struct convoyMultiplyArguments {
    uint64_t in;
    uint64_t bytes;
    uint64_t outputs;      /* 1 to CONVOY_KERNEL_OUTPUTS */
    uint64_t coefficients; /* byte j is that of outs[j] */
    uint64_t outs[CONVOY_KERNEL_OUTPUTS];
};

#endif
