/* SPDX-License-Identifier: Apache-2.0 */
#define KERNELS kernels_baseline
#define KERNELS_NAME "baseline"
#define VECTOR_BYTES 16
#define LEAST_BYTES VECTOR_BYTES
#define SHORTER &kernels_short

#include "reduction/reduction_loops.h"
