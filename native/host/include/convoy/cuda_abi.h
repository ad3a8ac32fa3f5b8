/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the CUDA runtime's C ABI (13.0) that the host runtime implements. "Device memory" is
 * the process's shared arena; it is addressable by the CPU.
 */
#ifndef CONVOY_CUDA_ABI_H
#define CONVOY_CUDA_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CONVOY_API __attribute__((visibility("default")))

typedef enum {
    cudaSuccess = 0,
    cudaErrorInvalidValue = 1,
    cudaErrorMemoryAllocation = 2,
    cudaErrorInitializationError = 3,
    cudaErrorInvalidDevicePointer = 17,
    cudaErrorInvalidMemcpyDirection = 21,
    cudaErrorNoDevice = 100,
    cudaErrorInvalidDevice = 101,
    cudaErrorOperatingSystem = 304,
    cudaErrorInvalidResourceHandle = 400,
    cudaErrorNotReady = 600,
    cudaErrorNotSupported = 801,
    cudaErrorUnknown = 999
} cudaError_t;

typedef struct CUstream_st *cudaStream_t;
typedef struct CUevent_st *cudaEvent_t;
typedef void (*cudaHostFn_t)(void *userData);

#define cudaStreamLegacy ((cudaStream_t)0x1)
#define cudaStreamPerThread ((cudaStream_t)0x2)
#define cudaStreamDefault 0x00u
#define cudaStreamNonBlocking 0x01u
#define cudaEventDefault 0x00u
#define cudaEventBlockingSync 0x01u
#define cudaEventDisableTiming 0x02u
#define cudaEventInterprocess 0x04u

enum cudaMemcpyKind {
    cudaMemcpyHostToHost = 0,
    cudaMemcpyHostToDevice = 1,
    cudaMemcpyDeviceToHost = 2,
    cudaMemcpyDeviceToDevice = 3,
    cudaMemcpyDefault = 4
};

enum cudaMemoryType {
    cudaMemoryTypeUnregistered = 0,
    cudaMemoryTypeHost = 1,
    cudaMemoryTypeDevice = 2,
    cudaMemoryTypeManaged = 3
};

/* CUDA 13 reserves 64 bytes behind these fields; they are left untouched, so that a CUDA 12 caller
 * is safe, too. */
struct cudaPointerAttributes {
    enum cudaMemoryType type;
    int device;
    void *devicePointer;
    void *hostPointer;
};

enum cudaDeviceAttr {
    cudaDevAttrMaxThreadsPerBlock = 1,
    cudaDevAttrWarpSize = 10,
    cudaDevAttrMultiProcessorCount = 16,
    cudaDevAttrIntegrated = 18,
    cudaDevAttrCanMapHostMemory = 19,
    cudaDevAttrConcurrentKernels = 31,
    cudaDevAttrPciBusId = 33,
    cudaDevAttrPciDeviceId = 34,
    cudaDevAttrUnifiedAddressing = 41,
    cudaDevAttrPciDomainId = 50,
    cudaDevAttrComputeCapabilityMajor = 75,
    cudaDevAttrComputeCapabilityMinor = 76,
    cudaDevAttrPageableMemoryAccess = 88
};

CONVOY_API cudaError_t cudaGetDeviceCount(int *count);
CONVOY_API cudaError_t cudaSetDevice(int device);
CONVOY_API cudaError_t cudaGetDevice(int *device);
CONVOY_API cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attr, int device);
CONVOY_API cudaError_t cudaDeviceGetPCIBusId(char *pciBusId, int len, int device);
CONVOY_API cudaError_t cudaDeviceSynchronize(void);
CONVOY_API cudaError_t cudaRuntimeGetVersion(int *version);
CONVOY_API cudaError_t cudaDriverGetVersion(int *version);

CONVOY_API const char *cudaGetErrorString(cudaError_t error);
CONVOY_API const char *cudaGetErrorName(cudaError_t error);
CONVOY_API cudaError_t cudaGetLastError(void);
CONVOY_API cudaError_t cudaPeekAtLastError(void);

CONVOY_API cudaError_t cudaMemGetInfo(size_t *free, size_t *total);
CONVOY_API cudaError_t cudaMalloc(void **devPtr, size_t size);
CONVOY_API cudaError_t cudaFree(void *devPtr);
CONVOY_API cudaError_t cudaMallocHost(void **ptr, size_t size);
CONVOY_API cudaError_t cudaHostAlloc(void **ptr, size_t size, unsigned int flags);
CONVOY_API cudaError_t cudaFreeHost(void *ptr);
CONVOY_API cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes *attributes,
                                                const void *ptr);
CONVOY_API cudaError_t cudaMemcpy(void *dst, const void *src, size_t count,
                                  enum cudaMemcpyKind kind);
CONVOY_API cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t count,
                                       enum cudaMemcpyKind kind, cudaStream_t stream);
CONVOY_API cudaError_t cudaMemset(void *devPtr, int value, size_t count);
CONVOY_API cudaError_t cudaMemsetAsync(void *devPtr, int value, size_t count, cudaStream_t stream);

CONVOY_API cudaError_t cudaStreamCreate(cudaStream_t *stream);
CONVOY_API cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned int flags);
CONVOY_API cudaError_t cudaStreamDestroy(cudaStream_t stream);
CONVOY_API cudaError_t cudaStreamSynchronize(cudaStream_t stream);
CONVOY_API cudaError_t cudaStreamQuery(cudaStream_t stream);
CONVOY_API cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                           unsigned int flags);
CONVOY_API cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t fn, void *userData);

CONVOY_API cudaError_t cudaEventCreate(cudaEvent_t *event);
CONVOY_API cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned int flags);
CONVOY_API cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
CONVOY_API cudaError_t cudaEventQuery(cudaEvent_t event);
CONVOY_API cudaError_t cudaEventSynchronize(cudaEvent_t event);
CONVOY_API cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t start, cudaEvent_t end);
CONVOY_API cudaError_t cudaEventDestroy(cudaEvent_t event);

#ifdef __cplusplus
}
#endif
#endif
