/* SPDX-License-Identifier: Apache-2.0 */
/* The host runtime's implementation of convoy_kernels.h. */
#ifndef CONVOY_LAUNCH_H
#define CONVOY_LAUNCH_H

#include "convoy/convoy_kernels.h"
#include "convoy/cuda_abi.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Enqueues a kernel on a stream, like any other work. `arguments` is the kernel's structure of
 * `bytes` bytes, which is copied. cudaErrorInvalidValue for a kernel, size, type, address or
 * overlap that does not fit; nothing is enqueued then.
 */
CONVOY_API cudaError_t convoyKernelLaunch(int kernel, const void *arguments, size_t bytes,
                                          cudaStream_t stream);

#ifdef __cplusplus
}
#endif
#endif
