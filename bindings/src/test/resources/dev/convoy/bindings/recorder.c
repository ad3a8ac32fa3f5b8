/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands for NCCL, the CUDA runtime and the driver in tests of how calls reach them: every function
 * keeps its name and what it was given, and returns the status that the test wants to see. Its
 * parameters have the types of the published interfaces, not those of Convoy's tables.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define API __attribute__((visibility("default")))
#define HANDLE 0x0123456789abcdefull
#define MOST 16

typedef struct {
    char internal[128];
} unique_id;

typedef void (*host_function)(void *);

static const char *last_name = "";
static int last_count;
static uint64_t last_values[MOST];
static int answer;

static int record(const char *name, const uint64_t *values, int count) {
    last_name = name;
    last_count = count;
    memcpy(last_values, values, (size_t)count * sizeof *values);
    return answer;
}

/* FNV-1a, so that every byte of what is passed by value counts. */
static uint64_t digest(const unique_id *id) {
    uint64_t hash = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < sizeof id->internal; i++) {
        hash = (hash ^ (unsigned char)id->internal[i]) * 0x100000001b3ull;
    }
    return hash;
}

/* A handle is made where the caller wants it; where that is may be the caller's own business. */
static uint64_t make(void **out) {
    if (out != NULL) {
        *out = (void *)HANDLE;
    }
    return out != NULL;
}

API const char *recorder_name(void) {
    return last_name;
}
API int recorder_count(void) {
    return last_count;
}
API const uint64_t *recorder_values(void) {
    return last_values;
}
API void recorder_answer(int status) {
    answer = status;
}

#define P(pointer) (uint64_t)(uintptr_t)(pointer)
#define N(number) (uint64_t)(int64_t)(int32_t)(number)
#define CALL(name, ...)                                                                            \
    const uint64_t values[] = {0, ##__VA_ARGS__};                                                  \
    int status = record(name, values + 1, (int)(sizeof values / sizeof *values) - 1)
#define FUNCTION(name, parameters, ...)                                                            \
    API int name parameters {                                                                      \
        CALL(#name, ##__VA_ARGS__);                                                                \
        return status;                                                                             \
    }
#define TEXT(name, parameters, ...)                                                                \
    API const char *name parameters {                                                              \
        CALL(#name, ##__VA_ARGS__);                                                                \
        (void)status;                                                                              \
        return "a text of " #name;                                                                 \
    }
#define NOTHING(name)                                                                              \
    API void name(void) {                                                                          \
        CALL(#name);                                                                               \
        (void)status;                                                                              \
    }

/* --- NCCL --- */

/* Also asked for to say what an absent function is absent from; then it is answered. */
API int ncclGetVersion(int *out) {
    CALL("ncclGetVersion", P(out));
    if ((uintptr_t)out >> 56 == 0) {
        *out = 23007;
        return 0;
    }
    return status;
}
FUNCTION(ncclGetUniqueId, (unique_id * id), P(id))
TEXT(ncclGetErrorString, (int result), N(result))
TEXT(ncclGetLastError, (void *comm), P(comm))
NOTHING(ncclResetDebugInit)
FUNCTION(ncclCommInitRank, (void **comm, int nranks, unique_id id, int rank), P(comm), N(nranks),
         digest(&id), N(rank))
FUNCTION(ncclCommInitRankConfig, (void **comm, int nranks, unique_id id, int rank, void *config),
         P(comm), N(nranks), digest(&id), N(rank), P(config))
FUNCTION(ncclCommInitRankScalable,
         (void **comm, int nranks, int rank, int nid, unique_id *ids, void *config), P(comm),
         N(nranks), N(rank), N(nid), P(ids), P(config))
FUNCTION(ncclCommInitAll, (void **comms, int ndev, const int *devices), P(comms), N(ndev),
         P(devices))
FUNCTION(ncclCommFinalize, (void *comm), P(comm))
FUNCTION(ncclCommDestroy, (void *comm), P(comm))
FUNCTION(ncclCommAbort, (void *comm), P(comm))
FUNCTION(ncclCommRevoke, (void *comm, int flags), P(comm), N(flags))
FUNCTION(ncclCommGetAsyncError, (void *comm, int *error), P(comm), P(error))
FUNCTION(ncclCommCount, (const void *comm, int *count), P(comm), P(count))
FUNCTION(ncclCommCuDevice, (const void *comm, int *device), P(comm), P(device))
FUNCTION(ncclCommUserRank, (const void *comm, int *rank), P(comm), P(rank))
FUNCTION(ncclCommSplit, (void *comm, int color, int key, void **newcomm, void *config), P(comm),
         N(color), N(key), P(newcomm), P(config))
FUNCTION(ncclCommShrink,
         (void *comm, int *ranks, int count, void **newcomm, void *config, int flags), P(comm),
         P(ranks), N(count), P(newcomm), P(config), N(flags))
FUNCTION(ncclCommGetUniqueId, (void *comm, unique_id *id), P(comm), P(id))
FUNCTION(ncclCommGrow,
         (void *comm, int nranks, const unique_id *id, int rank, void **newcomm, void *config),
         P(comm), N(nranks), P(id), N(rank), P(newcomm), P(config))
FUNCTION(ncclCommSuspend, (void *comm, int flags), P(comm), N(flags))
FUNCTION(ncclCommResume, (void *comm), P(comm))
FUNCTION(ncclCommMemStats, (void *comm, int stat, uint64_t *value), P(comm), N(stat), P(value))
FUNCTION(ncclCommRegister, (const void *comm, void *buffer, size_t size, void **handle), P(comm),
         P(buffer), size, P(handle))
FUNCTION(ncclCommDeregister, (const void *comm, void *handle), P(comm), P(handle))
FUNCTION(ncclMemAlloc, (void **pointer, size_t size), P(pointer), size)
FUNCTION(ncclMemFree, (void *pointer), P(pointer))
FUNCTION(ncclCommWindowRegister, (void *comm, void *buffer, size_t size, void **window, int flags),
         P(comm), P(buffer), size, P(window), N(flags))
FUNCTION(ncclCommWindowDeregister, (void *comm, void *window), P(comm), P(window))
FUNCTION(ncclWinGetUserPtr, (void *comm, void *window, void **pointer), P(comm), P(window),
         P(pointer))
FUNCTION(ncclPutSignal,
         (const void *buffer, size_t count, int type, int peer, void *window, size_t offset,
          int signal, int context, unsigned flags, void *comm, void *stream),
         P(buffer), count, N(type), N(peer), P(window), offset, N(signal), N(context), N(flags),
         P(comm), P(stream))
FUNCTION(ncclSignal, (int peer, int signal, int context, unsigned flags, void *comm, void *stream),
         N(peer), N(signal), N(context), N(flags), P(comm), P(stream))
FUNCTION(ncclWaitSignal, (int count, void *descriptors, void *comm, void *stream), N(count),
         P(descriptors), P(comm), P(stream))
FUNCTION(ncclRedOpCreatePreMulSum, (int *op, void *scalar, int type, int residence, void *comm),
         P(op), P(scalar), N(type), N(residence), P(comm))
FUNCTION(ncclRedOpDestroy, (int op, void *comm), N(op), P(comm))
FUNCTION(ncclGroupStart, (void))
FUNCTION(ncclGroupEnd, (void))
FUNCTION(ncclGroupSimulateEnd, (void *info), P(info))

#define BUFFERS const void *send, void *recv, size_t count, int type
#define BUFFER_VALUES P(send), P(recv), count, N(type)
FUNCTION(ncclAllReduce, (BUFFERS, int op, void *comm, void *stream), BUFFER_VALUES, N(op), P(comm),
         P(stream))
FUNCTION(ncclBroadcast, (BUFFERS, int root, void *comm, void *stream), BUFFER_VALUES, N(root),
         P(comm), P(stream))
FUNCTION(ncclBcast, (void *buffer, size_t count, int type, int root, void *comm, void *stream),
         P(buffer), count, N(type), N(root), P(comm), P(stream))
FUNCTION(ncclReduce, (BUFFERS, int op, int root, void *comm, void *stream), BUFFER_VALUES, N(op),
         N(root), P(comm), P(stream))
FUNCTION(ncclAllGather, (BUFFERS, void *comm, void *stream), BUFFER_VALUES, P(comm), P(stream))
FUNCTION(ncclReduceScatter, (BUFFERS, int op, void *comm, void *stream), BUFFER_VALUES, N(op),
         P(comm), P(stream))
FUNCTION(ncclAlltoAll, (BUFFERS, void *comm, void *stream), BUFFER_VALUES, P(comm), P(stream))
FUNCTION(ncclGather, (BUFFERS, int root, void *comm, void *stream), BUFFER_VALUES, N(root), P(comm),
         P(stream))
FUNCTION(ncclScatter, (BUFFERS, int root, void *comm, void *stream), BUFFER_VALUES, N(root),
         P(comm), P(stream))
FUNCTION(ncclSend, (const void *buffer, size_t count, int type, int peer, void *comm, void *stream),
         P(buffer), count, N(type), N(peer), P(comm), P(stream))
FUNCTION(ncclRecv, (void *buffer, size_t count, int type, int peer, void *comm, void *stream),
         P(buffer), count, N(type), N(peer), P(comm), P(stream))

FUNCTION(ncclParamBind, (void **out, const char *key), P(out), P(key))
FUNCTION(ncclParamGetI8, (void *handle, int8_t *out), P(handle), P(out))
FUNCTION(ncclParamGetI16, (void *handle, int16_t *out), P(handle), P(out))
FUNCTION(ncclParamGetI32, (void *handle, int32_t *out), P(handle), P(out))
FUNCTION(ncclParamGetI64, (void *handle, int64_t *out), P(handle), P(out))
FUNCTION(ncclParamGetU8, (void *handle, uint8_t *out), P(handle), P(out))
FUNCTION(ncclParamGetU16, (void *handle, uint16_t *out), P(handle), P(out))
FUNCTION(ncclParamGetU32, (void *handle, uint32_t *out), P(handle), P(out))
FUNCTION(ncclParamGetU64, (void *handle, uint64_t *out), P(handle), P(out))
FUNCTION(ncclParamGetStr, (void *handle, const char **out), P(handle), P(out))
FUNCTION(ncclParamGet, (void *handle, void *out, int most, int *length), P(handle), P(out), N(most),
         P(length))
FUNCTION(ncclParamGetParameter, (const char *key, const char **value, int *length), P(key),
         P(value), P(length))
FUNCTION(ncclParamGetAllParameterKeys, (const char ***table, int *length), P(table), P(length))
NOTHING(ncclParamDumpAll)

/* --- the CUDA runtime --- */

FUNCTION(cudaGetDeviceCount, (int *count), P(count))
FUNCTION(cudaSetDevice, (int device), N(device))
FUNCTION(cudaGetDevice, (int *device), P(device))
FUNCTION(cudaDeviceGetAttribute, (int *value, int attribute, int device), P(value), N(attribute),
         N(device))
FUNCTION(cudaDeviceGetPCIBusId, (char *id, int length, int device), P(id), N(length), N(device))
FUNCTION(cudaDeviceSynchronize, (void))
FUNCTION(cudaRuntimeGetVersion, (int *out), P(out))
FUNCTION(cudaDriverGetVersion, (int *out), P(out))
TEXT(cudaGetErrorString, (int error), N(error))
TEXT(cudaGetErrorName, (int error), N(error))
FUNCTION(cudaGetLastError, (void))
FUNCTION(cudaPeekAtLastError, (void))
FUNCTION(cudaMemGetInfo, (size_t * free, size_t *total), P(free), P(total))
FUNCTION(cudaMalloc, (void **pointer, size_t size), P(pointer), size)
FUNCTION(cudaFree, (void *pointer), P(pointer))
FUNCTION(cudaHostAlloc, (void **pointer, size_t size, unsigned flags), P(pointer), size, N(flags))
FUNCTION(cudaFreeHost, (void *pointer), P(pointer))
FUNCTION(cudaPointerGetAttributes, (void *attributes, const void *pointer), P(attributes),
         P(pointer))
FUNCTION(cudaMemcpy, (void *to, const void *from, size_t count, int kind), P(to), P(from), count,
         N(kind))
FUNCTION(cudaMemcpyAsync, (void *to, const void *from, size_t count, int kind, void *stream), P(to),
         P(from), count, N(kind), P(stream))
FUNCTION(cudaMemset, (void *pointer, int value, size_t count), P(pointer), N(value), count)
FUNCTION(cudaMemsetAsync, (void *pointer, int value, size_t count, void *stream), P(pointer),
         N(value), count, P(stream))
FUNCTION(cudaStreamCreateWithFlags, (void **stream, unsigned flags), make(stream), N(flags))
FUNCTION(cudaStreamDestroy, (void *stream), P(stream))
FUNCTION(cudaStreamSynchronize, (void *stream), P(stream))
FUNCTION(cudaStreamQuery, (void *stream), P(stream))
FUNCTION(cudaStreamWaitEvent, (void *stream, void *event, unsigned flags), P(stream), P(event),
         N(flags))
FUNCTION(cudaLaunchHostFunc, (void *stream, host_function function, void *data), P(stream),
         P(function), P(data))
FUNCTION(cudaEventCreateWithFlags, (void **event, unsigned flags), make(event), N(flags))
FUNCTION(cudaEventRecord, (void *event, void *stream), P(event), P(stream))
FUNCTION(cudaEventQuery, (void *event), P(event))
FUNCTION(cudaEventSynchronize, (void *event), P(event))
FUNCTION(cudaEventElapsedTime, (float *out, void *start, void *end), P(out), P(start), P(end))
FUNCTION(cudaEventDestroy, (void *event), P(event))
FUNCTION(cudaStreamBeginCapture, (void *stream, int mode), P(stream), N(mode))
FUNCTION(cudaStreamEndCapture, (void *stream, void **graph), P(stream), make(graph))
FUNCTION(cudaGraphInstantiateWithFlags, (void **executable, void *graph, unsigned long long flags),
         make(executable), P(graph), flags)
FUNCTION(cudaGraphLaunch, (void *executable, void *stream), P(executable), P(stream))
FUNCTION(cudaGraphExecDestroy, (void *executable), P(executable))
FUNCTION(cudaGraphDestroy, (void *graph), P(graph))

/* --- the CUDA driver --- */

FUNCTION(cuInit, (unsigned flags), N(flags))
FUNCTION(cuDriverGetVersion, (int *out), P(out))
FUNCTION(cuGetErrorName, (int error, const char **text), N(error), P(text))
FUNCTION(cuGetErrorString, (int error, const char **text), N(error), P(text))
FUNCTION(cuModuleLoadData, (void **module, const void *image), make(module), P(image))
FUNCTION(cuModuleUnload, (void *module), P(module))
FUNCTION(cuModuleGetFunction, (void **function, void *module, const char *name), make(function),
         P(module), P(name))
FUNCTION(cuLaunchKernel,
         (void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
          unsigned block_y, unsigned block_z, unsigned shared, void *stream, void **parameters,
          void **extra),
         P(function), N(grid_x), N(grid_y), N(grid_z), N(block_x), N(block_y), N(block_z),
         N(shared), P(stream), P(parameters), P(extra))
FUNCTION(cuDeviceGetCount, (int *out), P(out))
FUNCTION(cuDeviceGet, (int *device, int ordinal), P(device), N(ordinal))
FUNCTION(cuDeviceGetName, (char *name, int length, int device), P(name), N(length), N(device))
FUNCTION(cuDeviceTotalMem_v2, (size_t *out, int device), P(out), N(device))
FUNCTION(cuDeviceGetAttribute, (int *out, int attribute, int device), P(out), N(attribute),
         N(device))
FUNCTION(cuDeviceGetPCIBusId, (char *text, int length, int device), P(text), N(length), N(device))
FUNCTION(cuDeviceGetP2PAttribute, (int *out, int attribute, int from, int to), P(out),
         N(attribute), N(from), N(to))
FUNCTION(cuDeviceCanAccessPeer, (int *out, int device, int peer), P(out), N(device), N(peer))

/* --- cuBLAS --- */

FUNCTION(cublasCreate_v2, (void **handle), P(handle))
FUNCTION(cublasDestroy_v2, (void *handle), P(handle))
FUNCTION(cublasSetStream_v2, (void *handle, void *stream), P(handle), P(stream))
FUNCTION(cublasGetProperty, (int type, int *value), N(type), P(value))
TEXT(cublasGetStatusString, (int error), N(error))
FUNCTION(cublasSgemm_v2,
         (void *handle, int transa, int transb, int m, int n, int k, const float *alpha,
          const float *a, int lda, const float *b, int ldb, const float *beta, float *c, int ldc),
         P(handle), N(transa), N(transb), N(m), N(n), N(k), P(alpha), P(a), N(lda), P(b), N(ldb),
         P(beta), P(c), N(ldc))

/* --- the host runtime's extensions --- */

TEXT(convoyHostVersion, (void))
FUNCTION(convoyStreamWait, (void *stream, uint64_t nanos), P(stream), nanos)
FUNCTION(convoyStreamCounters, (void *stream, const void **counters), P(stream), P(counters))
FUNCTION(convoyEventWait, (void *event, uint64_t nanos), P(event), nanos)
FUNCTION(convoyCommFailedRanks, (void *comm, int *ranks, int capacity, int *count), P(comm),
         P(ranks), N(capacity), P(count))
FUNCTION(convoyCommWaitReady, (void *comm, uint64_t nanos), P(comm), nanos)
FUNCTION(convoyKernelLaunch, (int kernel, const void *arguments, size_t bytes, void *stream),
         N(kernel), P(arguments), bytes, P(stream))
FUNCTION(convoyCopyChecksum, (void *to, const void *from, size_t bytes, uint32_t *checksum), P(to),
         P(from), bytes, P(checksum))
FUNCTION(convoyRecvChecksum,
         (void *recvbuff, size_t count, int datatype, int peer, uint32_t *checksum, void *comm,
          void *stream),
         P(recvbuff), count, N(datatype), N(peer), P(checksum), P(comm), P(stream))
FUNCTION(convoyCommProgress, (void *comm, uint64_t *enqueued, uint64_t *completed), P(comm),
         P(enqueued), P(completed))
