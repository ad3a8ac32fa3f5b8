/* SPDX-License-Identifier: Apache-2.0 */
/* CUDA's devices and versions. A device is a number: all of them are this machine's CPUs and
 * memory. */
#include "base/errors.h"
#include "base/settings.h"
#include "convoy/cuda_abi.h"
#include "memory/arena.h"
#include "progress/engine.h"
#include "streams/device.h"

#include <stdio.h>

static _Thread_local int current;

int device_current(void) {
    return current;
}

static bool exists(int device) {
    return device >= 0 && device < settings_get()->devices;
}

cudaError_t cudaGetDeviceCount(int *count) {
    if (count == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    *count = settings_get()->devices;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
    if (!exists(device)) {
        return error_cuda(cudaErrorInvalidDevice);
    }
    if (arena_get() == NULL) {
        return error_cuda(cudaErrorInitializationError);
    }
    current = device;
    return cudaSuccess;
}

cudaError_t cudaGetDevice(int *device) {
    if (device == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    *device = current;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attr, int device) {
    if (value == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    if (!exists(device)) {
        return error_cuda(cudaErrorInvalidDevice);
    }
    switch (attr) {
    case cudaDevAttrUnifiedAddressing:
    case cudaDevAttrCanMapHostMemory:
    case cudaDevAttrConcurrentKernels:
    case cudaDevAttrIntegrated:
        *value = 1;
        return cudaSuccess;
    /* No kernels run here: compute capability 0.0 says so to whoever asks. */
    case cudaDevAttrComputeCapabilityMajor:
    case cudaDevAttrComputeCapabilityMinor:
    case cudaDevAttrPageableMemoryAccess:
    case cudaDevAttrPciDomainId:
    case cudaDevAttrPciDeviceId:
        *value = 0;
        return cudaSuccess;
    case cudaDevAttrPciBusId:
        *value = device;
        return cudaSuccess;
    case cudaDevAttrWarpSize:
    case cudaDevAttrMaxThreadsPerBlock:
        *value = 1;
        return cudaSuccess;
    case cudaDevAttrMultiProcessorCount:
        *value = settings_get()->cpus;
        return cudaSuccess;
    }
    return error_cuda(cudaErrorInvalidValue);
}

cudaError_t cudaDeviceGetPCIBusId(char *pciBusId, int len, int device) {
    if (pciBusId == NULL || len < 13) {
        return error_cuda(cudaErrorInvalidValue);
    }
    if (!exists(device)) {
        return error_cuda(cudaErrorInvalidDevice);
    }
    snprintf(pciBusId, (size_t)len, "0000:%02x:00.0", (unsigned)device & 0xffu);
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version) {
    if (version == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    *version = 13000;
    return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int *version) {
    return cudaRuntimeGetVersion(version);
}
