/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)

#define KERNELS kernels_avx2
#define KERNELS_NAME "avx2"
#define VECTOR_BYTES 32
#define LEAST_BYTES VECTOR_BYTES
#define SHORTER &kernels_baseline

#include "reduction/reduction_loops.h"

#endif
