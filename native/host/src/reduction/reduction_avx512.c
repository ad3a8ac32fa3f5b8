/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)

#define KERNELS kernels_avx512
#define KERNELS_NAME "avx512"
#define VECTOR_BYTES 64
#define LEAST_BYTES VECTOR_BYTES
#define SHORTER &kernels_avx2

#include "reduction/reduction_loops.h"

#endif
