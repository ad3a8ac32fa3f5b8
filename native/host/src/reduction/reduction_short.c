/* SPDX-License-Identifier: Apache-2.0 */
#define KERNELS kernels_short
#define KERNELS_NAME "short"
#define VECTOR_BYTES 16
#define KERNELS_SHORT
#define LEAST_BYTES 1
#define SHORTER NULL

#include "reduction/reduction_loops.h"
