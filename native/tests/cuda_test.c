/* SPDX-License-Identifier: Apache-2.0 */
/* The CUDA subset: streams, events, the legacy stream's order, copies, host functions, pointers,
 * fork. */
#include "harness.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLIS 1000000ll

struct gate {
    atomic_bool open;
    atomic_int passed;
};

static void pass_gate(void *argument) {
    struct gate *gate = argument;
    while (!atomic_load(&gate->open)) {
        usleep(100);
    }
    atomic_fetch_add(&gate->passed, 1);
}

static void memory(struct test_rank *rank) {
    unsigned char *device, *pinned;
    unsigned char host[1000];
    struct cudaPointerAttributes attributes;
    CUDA(cudaMalloc((void **)&device, 1000));
    CUDA(cudaMallocHost((void **)&pinned, 1000));
    CHECK((uintptr_t)device % 256 == 0 && (uintptr_t)pinned % 256 == 0);
    CUDA(cudaPointerGetAttributes(&attributes, device + 10));
    CHECK(attributes.type == cudaMemoryTypeDevice && attributes.devicePointer == device + 10);
    CUDA(cudaPointerGetAttributes(&attributes, pinned));
    CHECK(attributes.type == cudaMemoryTypeHost && attributes.hostPointer == pinned);
    CUDA(cudaPointerGetAttributes(&attributes, host));
    CHECK(attributes.type == cudaMemoryTypeUnregistered);
    CHECK(cudaFree(host) == cudaErrorInvalidValue);
    CHECK(cudaFree(device + 256) == cudaErrorInvalidValue);
    CHECK(cudaFree(pinned) == cudaErrorInvalidValue);
    CHECK(cudaFreeHost(device) == cudaErrorInvalidValue);
    CHECK(cudaGetLastError() == cudaErrorInvalidValue && cudaGetLastError() == cudaSuccess);
    CUDA(cudaMemset(device, 7, 1000));
    CUDA(cudaMemcpy(host, device, 1000, cudaMemcpyDeviceToHost));
    for (int i = 0; i < 1000; i++) {
        CHECK(host[i] == 7);
    }
    CHECK(cudaMemcpy(host, host, 10, cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
    CHECK(cudaMemcpy(device, host, 1 << 20, cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
    CUDA(cudaFree(device));
    CHECK(cudaFree(device) == cudaErrorInvalidValue);
    CUDA(cudaFree(NULL));
    CUDA(cudaFreeHost(pinned));
    void *huge;
    CHECK(cudaMalloc(&huge, SIZE_MAX - 5) == cudaErrorMemoryAllocation);
    CHECK(cudaMalloc(&huge, (size_t)1 << 39) == cudaErrorMemoryAllocation);
    size_t available, total;
    CUDA(cudaMemGetInfo(&available, &total));
    CHECK(available > 0 && available <= total);
    (void)rank;
}

/* A stream is a queue; nothing passes what hangs in it; other streams go on. */
static void order(struct test_rank *rank) {
    cudaStream_t one, two;
    unsigned char *memory;
    struct gate gate = {.open = false};
    CUDA(cudaStreamCreateWithFlags(&one, cudaStreamNonBlocking));
    CUDA(cudaStreamCreateWithFlags(&two, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&memory, 100));
    CUDA(cudaMemset(memory, 0, 100));
    CUDA(cudaLaunchHostFunc(one, pass_gate, &gate));
    unsigned char pageable = 9;
    CUDA(cudaMemcpyAsync(memory, &pageable, 1, cudaMemcpyHostToDevice, one));
    pageable = 33; /* CUDA lets the caller reuse pageable memory at once */
    CUDA(cudaMemsetAsync(memory + 1, 5, 1, two));
    CUDA(cudaStreamSynchronize(two));
    CHECK(memory[1] == 5 && memory[0] == 0);
    CHECK(cudaStreamQuery(one) == cudaErrorNotReady);
    CHECK(convoyStreamWait(one, 20 * MILLIS) == cudaErrorNotReady);
    const struct convoyStreamCounters *counters;
    CUDA(convoyStreamCounters(one, &counters));
    uint64_t given = __atomic_load_n(&counters->enqueued, __ATOMIC_ACQUIRE);
    CHECK(__atomic_load_n(&counters->completed, __ATOMIC_ACQUIRE) + 2 == given);
    atomic_store(&gate.open, true);
    CUDA(cudaStreamSynchronize(one));
    CHECK(__atomic_load_n(&counters->completed, __ATOMIC_ACQUIRE) == given);
    CHECK(convoyStreamCounters(one, NULL) == cudaErrorInvalidValue);
    CHECK(memory[0] == 9 && atomic_load(&gate.passed) == 1);
    CUDA(cudaStreamDestroy(one));
    CHECK(cudaStreamQuery(one) == cudaErrorInvalidResourceHandle);
    CUDA(cudaStreamDestroy(two));
    (void)rank;
}

static void events(struct test_rank *rank) {
    cudaStream_t one, two;
    cudaEvent_t event, later;
    unsigned char *memory;
    struct gate gate = {.open = false};
    CUDA(cudaStreamCreateWithFlags(&one, cudaStreamNonBlocking));
    CUDA(cudaStreamCreateWithFlags(&two, cudaStreamNonBlocking));
    CUDA(cudaEventCreate(&event));
    CUDA(cudaEventCreate(&later));
    CUDA(cudaMalloc((void **)&memory, 100));
    CUDA(cudaMemset(memory, 0, 100));
    CUDA(cudaEventQuery(event)); /* never recorded */
    CUDA(cudaLaunchHostFunc(one, pass_gate, &gate));
    CUDA(cudaEventRecord(event, one));
    CUDA(cudaStreamWaitEvent(two, event, 0));
    CUDA(cudaMemsetAsync(memory, 1, 1, two));
    CUDA(cudaEventRecord(later, two));
    CHECK(cudaEventQuery(event) == cudaErrorNotReady);
    CHECK(convoyEventWait(later, 5 * MILLIS) == cudaErrorNotReady);
    float millis;
    CHECK(cudaEventElapsedTime(&millis, event, later) == cudaErrorNotReady);
    CHECK(memory[0] == 0);
    /* Recorded anew on an idle stream: the earlier wait still waits. */
    cudaStream_t idle;
    CUDA(cudaStreamCreateWithFlags(&idle, cudaStreamNonBlocking));
    CUDA(cudaEventRecord(event, idle));
    CUDA(cudaEventSynchronize(event));
    CHECK(cudaStreamQuery(two) == cudaErrorNotReady);
    CUDA(cudaEventDestroy(event));
    atomic_store(&gate.open, true);
    CUDA(cudaEventSynchronize(later));
    CHECK(memory[0] == 1);
    CHECK(cudaEventElapsedTime(&millis, later, later) == cudaSuccess && millis == 0.0f);
    CUDA(cudaEventDestroy(later));
    (void)rank;
}

/* The legacy default stream waits for blocking streams and they for it; not so for non-blocking
 * ones. */
static void legacy(struct test_rank *rank) {
    cudaStream_t blocking, apart;
    unsigned char *memory;
    struct gate gate = {.open = false};
    CUDA(cudaStreamCreate(&blocking));
    CUDA(cudaStreamCreateWithFlags(&apart, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&memory, 100));
    CUDA(cudaMemset(memory, 0, 100));
    CUDA(cudaLaunchHostFunc(blocking, pass_gate, &gate));
    CUDA(cudaMemsetAsync(memory, 1, 1, NULL));
    CUDA(cudaMemsetAsync(memory + 1, 1, 1, apart));
    CUDA(cudaStreamSynchronize(apart));
    CHECK(cudaStreamQuery(NULL) == cudaErrorNotReady && memory[0] == 0 && memory[1] == 1);
    cudaStream_t second;
    CUDA(cudaStreamCreate(&second));
    CUDA(cudaMemsetAsync(memory + 2, 1, 1, second)); /* behind the legacy stream's work */
    CHECK(cudaStreamQuery(second) == cudaErrorNotReady && memory[2] == 0);
    atomic_store(&gate.open, true);
    CUDA(cudaDeviceSynchronize());
    CHECK(memory[0] == 1 && memory[2] == 1);
    (void)rank;
}

static void open_soon(void *argument) {
    (void)argument;
    usleep(5000);
}

/* Pageable memory is the caller's again when the call returns, whatever the stream waits for. */
static void pageable(struct test_rank *rank) {
    cudaStream_t stream;
    unsigned char *device;
    const size_t bytes = (size_t)4 << 20;
    unsigned char *host = malloc(bytes);
    CHECK(host != NULL);
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaMalloc((void **)&device, bytes));
    for (int i = 0; i < 10; i++) {
        memset(host, 1, bytes);
        if (i % 2 == 0) { /* the stream is empty, but has to wait for the legacy one */
            CUDA(cudaLaunchHostFunc(NULL, open_soon, NULL));
        }
        CUDA(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream));
        memset(host, 2, bytes);
        CUDA(cudaStreamSynchronize(stream));
        CHECK(memchr(device, 2, bytes) == NULL);
        CUDA(cudaLaunchHostFunc(NULL, open_soon, NULL));
        CUDA(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream));
        CHECK(memchr(host, 2, bytes) == NULL);
    }
    free(host);
    CUDA(cudaFree(device));
    CUDA(cudaStreamDestroy(stream));
    (void)rank;
}

/* A child inherits tasks, but not the memory that they use: it gets errors, and steps nothing. */
static void forked_at_work(struct test_rank *rank) {
    ncclComm_t comms[2];
    cudaStream_t stream;
    cudaEvent_t event;
    float *buffer;
    float millis;
    NCCL(ncclCommInitAll(comms, 2, NULL));
    CUDA(cudaMalloc((void **)&buffer, 400));
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaEventCreate(&event));
    NCCL(ncclAllReduce(buffer, buffer, 100, ncclFloat32, ncclSum, comms[0], stream));
    CUDA(cudaEventRecord(event, stream));
    NCCL(ncclGroupStart());
    NCCL(ncclAllReduce(buffer, buffer, 100, ncclFloat32, ncclSum, comms[0], stream));
    pid_t pid = fork();
    if (pid == 0) {
        const cudaError_t refused = cudaErrorInitializationError;
        bool good =
            cudaEventQuery(event) == refused && cudaEventSynchronize(event) == refused &&
            cudaEventRecord(event, stream) == refused &&
            cudaEventElapsedTime(&millis, event, event) == refused &&
            cudaStreamWaitEvent(stream, event, 0) == refused &&
            cudaStreamQuery(stream) == refused && cudaStreamSynchronize(stream) == refused &&
            convoyStreamWait(stream, 1000) == refused &&
            cudaLaunchHostFunc(stream, open_soon, NULL) == refused &&
            cudaMemsetAsync(buffer, 0, 4, stream) == refused && ncclGroupEnd() == ncclSystemError &&
            ncclCommAbort(comms[0]) == ncclSystemError && ncclGetLastError(comms[0]) != NULL;
        _exit(good ? 0 : 1);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    NCCL(ncclGroupEnd());
    NCCL(ncclCommAbort(comms[0]));
    NCCL(ncclCommAbort(comms[1]));
    CUDA(cudaStreamSynchronize(stream));
    CUDA(cudaEventDestroy(event));
    CUDA(cudaStreamDestroy(stream));
    CUDA(cudaFree(buffer));
    (void)rank;
}

static void forked(struct test_rank *rank) {
    void *memory;
    CUDA(cudaMalloc(&memory, 100));
    pid_t pid = fork();
    if (pid == 0) {
        void *other;
        ncclUniqueId id;
        bool good = cudaMalloc(&other, 1) == cudaErrorInitializationError &&
                    ncclGetUniqueId(&id) == ncclSystemError &&
                    strstr(ncclGetLastError(NULL), "fork") != NULL &&
                    cudaStreamSynchronize(NULL) != cudaErrorUnknown;
        _exit(good ? 0 : 1);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CUDA(cudaFree(memory));
    (void)rank;
}

static void facts(struct test_rank *rank) {
    int value;
    char bus[32];
    CUDA(cudaGetDeviceCount(&value));
    CHECK(value >= 1);
    CHECK(cudaSetDevice(value) == cudaErrorInvalidDevice);
    CUDA(cudaSetDevice(value - 1));
    CUDA(cudaRuntimeGetVersion(&value));
    CHECK(value == 13000);
    CUDA(cudaDeviceGetAttribute(&value, cudaDevAttrUnifiedAddressing, 0));
    CHECK(value == 1);
    CHECK(cudaDeviceGetAttribute(&value, (enum cudaDeviceAttr)9999, 0) == cudaErrorInvalidValue);
    CUDA(cudaDeviceGetPCIBusId(bus, sizeof bus, 0));
    CHECK(strcmp(bus, "0000:00:00.0") == 0);
    NCCL(ncclGetVersion(&value));
    CHECK(value == 22903);
    CHECK(strlen(convoyHostVersion()) > 0);
    CHECK(strcmp(cudaGetErrorName(cudaErrorNotReady), "cudaErrorNotReady") == 0);
    (void)rank;
}

static const struct test_scenario scenarios[] = {
    {.name = "facts", .nranks = 1, .seconds = 20, .run = facts},
    {.name = "memory", .nranks = 1, .seconds = 20, .run = memory},
    {.name = "order", .nranks = 1, .seconds = 20, .run = order},
    {.name = "events", .nranks = 1, .seconds = 20, .run = events},
    {.name = "legacy", .nranks = 1, .seconds = 20, .run = legacy},
    {.name = "pageable", .nranks = 1, .seconds = 20, .run = pageable},
    {.name = "forked", .nranks = 1, .seconds = 20, .run = forked},
    {.name = "forked_at_work", .nranks = 1, .seconds = 20, .run = forked_at_work},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
