/* SPDX-License-Identifier: Apache-2.0 */
#include "base/errors.h"

#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char last_text[512];
static _Thread_local char kept_text[512];
static _Thread_local cudaError_t last_cuda;

ncclResult_t error_nccl(ncclResult_t result, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(last_text, sizeof last_text, format, arguments);
    va_end(arguments);
    return result;
}

const char *error_last_text(void) {
    return last_text;
}

const char *error_keep_text(const char *text) {
    snprintf(kept_text, sizeof kept_text, "%s", text);
    return kept_text;
}

cudaError_t error_cuda(cudaError_t error) {
    if (error != cudaSuccess && error != cudaErrorNotReady) {
        last_cuda = error;
    }
    return error;
}

cudaError_t cudaGetLastError(void) {
    cudaError_t error = last_cuda;
    last_cuda = cudaSuccess;
    return error;
}

cudaError_t cudaPeekAtLastError(void) {
    return last_cuda;
}

struct cuda_text {
    cudaError_t error;
    const char *name;
    const char *text;
};

static const struct cuda_text cuda_texts[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInitializationError, "cudaErrorInitializationError",
     "initialization error (the runtime cannot be used in a forked child)"},
    {cudaErrorInvalidDevicePointer, "cudaErrorInvalidDevicePointer", "invalid device pointer"},
    {cudaErrorInvalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection",
     "invalid copy direction for memcpy"},
    {cudaErrorNoDevice, "cudaErrorNoDevice", "no device is available"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorOperatingSystem, "cudaErrorOperatingSystem", "OS call failed or not supported"},
    {cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {cudaErrorNotReady, "cudaErrorNotReady", "device not ready"},
    {cudaErrorNotSupported, "cudaErrorNotSupported", "operation not supported"},
    {cudaErrorUnknown, "cudaErrorUnknown", "unknown error"},
};

static const struct cuda_text *find_cuda_text(cudaError_t error) {
    for (size_t i = 0; i < ARRAY_COUNT(cuda_texts); i++) {
        if (cuda_texts[i].error == error) {
            return &cuda_texts[i];
        }
    }
    return NULL;
}

const char *cudaGetErrorString(cudaError_t error) {
    const struct cuda_text *found = find_cuda_text(error);
    return found != NULL ? found->text : "unrecognized error code";
}

const char *cudaGetErrorName(cudaError_t error) {
    const struct cuda_text *found = find_cuda_text(error);
    return found != NULL ? found->name : "unrecognized error code";
}

const char *ncclGetErrorString(ncclResult_t result) {
    switch (result) {
    case ncclSuccess:
        return "no error";
    case ncclUnhandledCudaError:
        return "unhandled cuda error";
    case ncclSystemError:
        return "unhandled system error";
    case ncclInternalError:
        return "internal error";
    case ncclInvalidArgument:
        return "invalid argument";
    case ncclInvalidUsage:
        return "invalid usage";
    case ncclRemoteError:
        return "remote process exited or there was a network error";
    case ncclInProgress:
        return "NCCL operation in progress";
    default:
        return "unknown result code";
    }
}
