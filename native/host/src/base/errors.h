/* SPDX-License-Identifier: Apache-2.0 */
/* Error texts: of result codes, and the calling thread's last one. */
#ifndef CONVOY_ERRORS_H
#define CONVOY_ERRORS_H

#include "convoy/cuda_abi.h"
#include "convoy/nccl_abi.h"

/* Sets the thread's last NCCL error text and returns the result, so that a check is one line. */
ncclResult_t error_nccl(ncclResult_t result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

const char *error_last_text(void);

/* Copies a text that another thread may change into the calling thread's buffer. */
const char *error_keep_text(const char *text);

/* Notes the thread's last CUDA error (success and "not ready" leave it alone) and returns it. */
cudaError_t error_cuda(cudaError_t error);

#endif
