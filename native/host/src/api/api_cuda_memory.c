/* SPDX-License-Identifier: Apache-2.0 */
/* CUDA's memory functions. */
#include "base/errors.h"
#include "base/settings.h"
#include "convoy/cuda_abi.h"
#include "memory/arena.h"
#include "memory/memory.h"
#include "progress/engine.h"
#include "streams/copy.h"
#include "streams/device.h"
#include "streams/device_sync.h"

static cudaError_t allocate(void **address, size_t bytes, enum memory_kind kind) {
    if (address == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    *address = NULL;
    if (arena_get() == NULL) {
        return error_cuda(cudaErrorInitializationError);
    }
    if (bytes == 0) {
        return cudaSuccess;
    }
    *address = memory_allocate(bytes, kind, device_current());
    return error_cuda(*address != NULL ? cudaSuccess : cudaErrorMemoryAllocation);
}

/* Like CUDA's, a free waits for all work of the device that might still use the memory. */
static cudaError_t release(void *address, enum memory_kind kind) {
    if (address == NULL) {
        return cudaSuccess;
    }
    if (arena_get() == NULL) {
        return error_cuda(cudaErrorInitializationError);
    }
    struct memory_info info;
    if (!memory_find(address, 1, &info) || info.kind != kind || info.begin != address) {
        return error_cuda(cudaErrorInvalidValue);
    }
    device_synchronize(info.device);
    return error_cuda(memory_free(address, kind) ? cudaSuccess : cudaErrorInvalidValue);
}

cudaError_t cudaMalloc(void **devPtr, size_t size) {
    return allocate(devPtr, size, MEMORY_DEVICE);
}

cudaError_t cudaFree(void *devPtr) {
    return release(devPtr, MEMORY_DEVICE);
}

cudaError_t cudaMallocHost(void **ptr, size_t size) {
    return allocate(ptr, size, MEMORY_PINNED);
}

cudaError_t cudaHostAlloc(void **ptr, size_t size, unsigned int flags) {
    (void)
        flags; /* portable, mapped, write-combined: all pinned memory here is portable and mapped */
    return allocate(ptr, size, MEMORY_PINNED);
}

cudaError_t cudaFreeHost(void *ptr) {
    return release(ptr, MEMORY_PINNED);
}

cudaError_t cudaMemGetInfo(size_t *free, size_t *total) {
    if (free == NULL || total == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    memory_totals(free, total);
    return cudaSuccess;
}

cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes *attributes, const void *ptr) {
    struct memory_info info;
    if (attributes == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    *attributes = (struct cudaPointerAttributes){.type = cudaMemoryTypeUnregistered,
                                                 .device = -2 /* cudaInvalidDeviceId */,
                                                 .hostPointer = (void *)(uintptr_t)ptr};
    if (memory_find(ptr, 1, &info)) {
        bool pinned = info.kind == MEMORY_PINNED;
        attributes->type = pinned ? cudaMemoryTypeHost : cudaMemoryTypeDevice;
        attributes->device = info.device;
        attributes->devicePointer = (void *)(uintptr_t)ptr;
        attributes->hostPointer = pinned ? (void *)(uintptr_t)ptr : NULL;
    }
    return cudaSuccess;
}

/* --- copies --- */

static bool is_ours(const void *address, size_t bytes) {
    struct memory_info info;
    return memory_find(address, bytes, &info);
}

static cudaError_t check_copy(const void *target, const void *source, size_t bytes,
                              enum cudaMemcpyKind kind) {
    if ((unsigned)kind > cudaMemcpyDefault) {
        return cudaErrorInvalidMemcpyDirection;
    }
    bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
    bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
    if (target == NULL || source == NULL || (to_device && !is_ours(target, bytes)) ||
        (from_device && !is_ours(source, bytes))) {
        return cudaErrorInvalidValue;
    }
    return cudaSuccess;
}

/* Appends the task and tries to run it; waits for it where `wait` says so. */
static cudaError_t enqueue(struct CUstream_st *stream, struct task *task, bool wait) {
    uint64_t ticket = task != NULL ? stream_append(stream, task) : 0;
    if (ticket == 0) {
        return cudaErrorMemoryAllocation;
    }
    stream_attempt(stream);
    return wait ? stream_synchronize_to(stream, ticket) : cudaSuccess;
}

/*
 * As with CUDA, pageable memory is the caller's again when the call returns: a source was read, be
 * it into a staging buffer where the copy has to wait for other work, and a target was written.
 */
static cudaError_t enqueue_copy(struct CUstream_st *stream, void *target, const void *source,
                                size_t bytes) {
    bool wait = !is_ours(target, bytes);
    bool stage = false;
    if (!wait && !is_ours(source, bytes)) {
        stage = settings_get()->defer || !stream_is_clear(stream);
        wait = !stage; /* it runs at once, unless another thread gets in between */
    }
    struct task *task = copy_task(target, source, bytes);
    if (task != NULL && stage && !copy_task_stage(task)) {
        task_drop(task);
        task = NULL;
    }
    return enqueue(stream, task, wait);
}

cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind,
                            cudaStream_t handle) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    if (stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    if (count == 0) {
        return cudaSuccess;
    }
    cudaError_t error = check_copy(dst, src, count, kind);
    if (error != cudaSuccess) {
        return error_cuda(error);
    }
    return error_cuda(enqueue_copy(stream, dst, src, count));
}

cudaError_t cudaMemcpy(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind) {
    struct CUstream_st *stream = stream_resolve(NULL, device_current());
    if (stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    if (count == 0) {
        return cudaSuccess;
    }
    cudaError_t error = check_copy(dst, src, count, kind);
    if (error == cudaSuccess) {
        error = enqueue(stream, copy_task(dst, src, count), true);
    }
    return error_cuda(error);
}

cudaError_t cudaMemsetAsync(void *devPtr, int value, size_t count, cudaStream_t handle) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    if (stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    if (count == 0) {
        return cudaSuccess;
    }
    if (!is_ours(devPtr, count)) {
        return error_cuda(cudaErrorInvalidValue);
    }
    return error_cuda(enqueue(stream, fill_task(devPtr, value, count), false));
}

cudaError_t cudaMemset(void *devPtr, int value, size_t count) {
    cudaError_t error = cudaMemsetAsync(devPtr, value, count, NULL);
    return error == cudaSuccess
               ? error_cuda(stream_synchronize(stream_resolve(NULL, device_current())))
               : error;
}
