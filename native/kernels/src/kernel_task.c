/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels as tasks of a stream. */
#include "base/errors.h"
#include "kernel.h"
#include "memory/arena.h"
#include "streams/device.h"
#include "streams/stream.h"

#include <stdlib.h>

static const struct kernel *const kernels_table[convoyKernels] = {
    [convoyKernelFill] = &kernel_fill,           [convoyKernelPattern] = &kernel_pattern,
    [convoyKernelVerify] = &kernel_verify,       [convoyKernelCompare] = &kernel_compare,
    [convoyKernelNonFinite] = &kernel_nonfinite, [convoyKernelChecksum] = &kernel_checksum,
    [convoyKernelCast] = &kernel_cast,           [convoyKernelAxpy] = &kernel_axpy,
    [convoyKernelMomentum] = &kernel_momentum,   [convoyKernelXor] = &kernel_xor,
    [convoyKernelMultiply] = &kernel_multiply,
};

struct kernel_task {
    struct task task;
    const struct kernel *kernel;
    union kernel_arguments arguments;
    uint64_t units;
    size_t slice; /* units of a step */
    uint64_t done;
};

static enum step_result step(struct task *task) {
    struct kernel_task *this = CONTAINER_OF(task, struct kernel_task, task);
    size_t count = size_min(this->slice, this->units - this->done);
    this->kernel->run(loops_chosen(), &this->arguments, this->done, count);
    this->done += count;
    return this->done == this->units ? STEP_DONE : STEP_PROGRESSED;
}

static void drop(struct task *task) {
    free(CONTAINER_OF(task, struct kernel_task, task));
}

static const struct task_class kernel_class = {.step = step, .drop = drop};

static struct kernel_task *create(const struct kernel *kernel, const void *arguments) {
    struct kernel_task *task = calloc(1, sizeof *task);
    if (task != NULL) {
        task->task.class = &kernel_class;
        task->kernel = kernel;
        memcpy(&task->arguments, arguments, kernel->argument_bytes);
    }
    return task;
}

static cudaError_t submit(struct kernel_task *task, struct CUstream_st *stream) {
    size_t unit_bytes;
    if (!task->kernel->check(&task->arguments, &task->units, &unit_bytes)) {
        free(task);
        return cudaErrorInvalidValue;
    }
    if (task->units == 0) {
        free(task);
        return cudaSuccess;
    }
    task->slice = STEP_SLICE_BYTES / unit_bytes;
    if (stream_append(stream, &task->task) == 0) {
        return cudaErrorMemoryAllocation;
    }
    stream_attempt(stream);
    return cudaSuccess;
}

cudaError_t convoyKernelLaunch(int kernel, const void *arguments, size_t bytes,
                               cudaStream_t handle) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    if (stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    if (kernel < 0 || kernel >= convoyKernels || arguments == NULL ||
        bytes != kernels_table[kernel]->argument_bytes) {
        return error_cuda(cudaErrorInvalidValue);
    }
    struct kernel_task *task = create(kernels_table[kernel], arguments);
    return error_cuda(task != NULL ? submit(task, stream) : cudaErrorMemoryAllocation);
}
