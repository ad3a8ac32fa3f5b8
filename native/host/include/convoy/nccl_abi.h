/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of NCCL's C ABI (as of 2.29.3) that the host runtime implements. Written from the
 * published interface; a program that was compiled against NVIDIA's nccl.h links and runs with
 * these symbols. Every function is exported under the name pncclX as well, for profilers that put
 * their own in front of it.
 */
#ifndef CONVOY_NCCL_ABI_H
#define CONVOY_NCCL_ABI_H

#include "convoy/cuda_abi.h"

#include <limits.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NCCL_VERSION_CODE 22903
#define NCCL_UNIQUE_ID_BYTES 128
#define NCCL_CONFIG_MAGIC 0xcafebeefu
#define NCCL_CONFIG_UNDEF_INT INT_MIN
#define NCCL_CONFIG_UNDEF_PTR NULL
#define NCCL_SPLIT_NOCOLOR -1
#define NCCL_SHRINK_DEFAULT 0
#define NCCL_SHRINK_ABORT 1
#define NCCL_REVOKE_DEFAULT 0
#define NCCL_SIM_INFO_MAGIC 0x74685283u
#define NCCL_UNDEF_FLOAT -1.0f

#define NCCL_WIN_DEFAULT 0x00
#define NCCL_WIN_COLL_SYMMETRIC 0x01
#define NCCL_WIN_STRICT_ORDERING 0x02

typedef struct ncclComm *ncclComm_t;
typedef struct ncclWindow_vidmem *ncclWindow_t;

typedef struct {
    char internal[NCCL_UNIQUE_ID_BYTES];
} ncclUniqueId;

typedef enum {
    ncclSuccess = 0,
    ncclUnhandledCudaError = 1,
    ncclSystemError = 2,
    ncclInternalError = 3,
    ncclInvalidArgument = 4,
    ncclInvalidUsage = 5,
    ncclRemoteError = 6,
    ncclInProgress = 7,
    ncclNumResults = 8
} ncclResult_t;

typedef enum {
    ncclSum = 0,
    ncclProd = 1,
    ncclMax = 2,
    ncclMin = 3,
    ncclAvg = 4,
    ncclNumOps = 5, /* user-made operators follow */
    ncclMaxRedOp = 0x7fffffff
} ncclRedOp_t;

/* Where the scalar of a user-made operator lies: in device memory, read when an operation is
 * executed, or anywhere, read when the operator is made. */
typedef enum { ncclScalarDevice = 0, ncclScalarHostImmediate = 1 } ncclScalarResidence_t;

typedef enum {
    ncclInt8 = 0,
    ncclUint8 = 1,
    ncclInt32 = 2,
    ncclUint32 = 3,
    ncclInt64 = 4,
    ncclUint64 = 5,
    ncclFloat16 = 6,
    ncclFloat32 = 7,
    ncclFloat64 = 8,
    ncclBfloat16 = 9,
    ncclFloat8e4m3 = 10,
    ncclFloat8e5m2 = 11,
    ncclNumTypes = 12
} ncclDataType_t;

typedef struct {
    size_t size;
    unsigned int magic;
    unsigned int version;
    int blocking;
    int cgaClusterSize;
    int minCTAs;
    int maxCTAs;
    const char *netName;
    int splitShare;
    int trafficClass;
    const char *commName;
    int collnetEnable;
    int CTAPolicy;
    int shrinkShare;
    int nvlsCTAs;
    int nChannelsPerNetPeer;
    int nvlinkCentricSched;
    int graphUsageMode;
    int numRmaCtx;
} ncclConfig_t;

/* All fields that a program may set are undefined. */
#define NCCL_CONFIG_INITIALIZER                                                                    \
    {                                                                                              \
        .size = sizeof(ncclConfig_t), .magic = NCCL_CONFIG_MAGIC, .version = NCCL_VERSION_CODE,    \
        .blocking = NCCL_CONFIG_UNDEF_INT, .cgaClusterSize = NCCL_CONFIG_UNDEF_INT,                \
        .minCTAs = NCCL_CONFIG_UNDEF_INT, .maxCTAs = NCCL_CONFIG_UNDEF_INT,                        \
        .netName = NCCL_CONFIG_UNDEF_PTR, .splitShare = NCCL_CONFIG_UNDEF_INT,                     \
        .trafficClass = NCCL_CONFIG_UNDEF_INT, .commName = NCCL_CONFIG_UNDEF_PTR,                  \
        .collnetEnable = NCCL_CONFIG_UNDEF_INT, .CTAPolicy = NCCL_CONFIG_UNDEF_INT,                \
        .shrinkShare = NCCL_CONFIG_UNDEF_INT, .nvlsCTAs = NCCL_CONFIG_UNDEF_INT,                   \
        .nChannelsPerNetPeer = NCCL_CONFIG_UNDEF_INT, .nvlinkCentricSched = NCCL_CONFIG_UNDEF_INT, \
        .graphUsageMode = NCCL_CONFIG_UNDEF_INT, .numRmaCtx = NCCL_CONFIG_UNDEF_INT                \
    }

typedef struct {
    size_t size;
    unsigned int magic;
    unsigned int version;
    float estimatedTime; /* microseconds */
} ncclSimInfo_t;

#define NCCL_SIM_INFO_INITIALIZER                                                                  \
    {                                                                                              \
        .size = sizeof(ncclSimInfo_t), .magic = NCCL_SIM_INFO_MAGIC, .version = NCCL_VERSION_CODE, \
        .estimatedTime = NCCL_UNDEF_FLOAT                                                          \
    }

#ifndef __cplusplus
_Static_assert(sizeof(ncclConfig_t) == 88, "ncclConfig_t is 88 bytes in NCCL 2.29");
_Static_assert(offsetof(ncclConfig_t, blocking) == 16, "blocking");
_Static_assert(offsetof(ncclConfig_t, minCTAs) == 24, "minCTAs");
_Static_assert(offsetof(ncclConfig_t, netName) == 32, "netName");
_Static_assert(offsetof(ncclConfig_t, splitShare) == 40, "splitShare");
_Static_assert(offsetof(ncclConfig_t, commName) == 48, "commName");
_Static_assert(offsetof(ncclConfig_t, nvlsCTAs) == 68, "nvlsCTAs");
_Static_assert(offsetof(ncclConfig_t, numRmaCtx) == 84, "numRmaCtx");
_Static_assert(sizeof(ncclUniqueId) == 128, "ncclUniqueId");
_Static_assert(sizeof(ncclSimInfo_t) == 24, "ncclSimInfo_t");
#endif

CONVOY_API ncclResult_t ncclGetVersion(int *version);
CONVOY_API ncclResult_t ncclGetUniqueId(ncclUniqueId *uniqueId);
CONVOY_API const char *ncclGetErrorString(ncclResult_t result);
CONVOY_API const char *ncclGetLastError(ncclComm_t comm);

CONVOY_API ncclResult_t ncclCommInitRank(ncclComm_t *comm, int nranks, ncclUniqueId commId,
                                         int rank);
CONVOY_API ncclResult_t ncclCommInitRankConfig(ncclComm_t *comm, int nranks, ncclUniqueId commId,
                                               int rank, ncclConfig_t *config);
CONVOY_API ncclResult_t ncclCommInitRankScalable(ncclComm_t *newcomm, int nranks, int myrank,
                                                 int nId, ncclUniqueId *commIds,
                                                 ncclConfig_t *config);
CONVOY_API ncclResult_t ncclCommInitAll(ncclComm_t *comms, int ndev, const int *devlist);
CONVOY_API ncclResult_t ncclCommSplit(ncclComm_t comm, int color, int key, ncclComm_t *newcomm,
                                      ncclConfig_t *config);
CONVOY_API ncclResult_t ncclCommShrink(ncclComm_t comm, int *excludeRanksList,
                                       int excludeRanksCount, ncclComm_t *newcomm,
                                       ncclConfig_t *config, int shrinkFlags);
CONVOY_API ncclResult_t ncclCommGetUniqueId(ncclComm_t comm, ncclUniqueId *uniqueId);
CONVOY_API ncclResult_t ncclCommGrow(ncclComm_t comm, int nRanks, const ncclUniqueId *uniqueId,
                                     int rank, ncclComm_t *newcomm, ncclConfig_t *config);
CONVOY_API ncclResult_t ncclCommRevoke(ncclComm_t comm, int revokeFlags);
CONVOY_API ncclResult_t ncclCommFinalize(ncclComm_t comm);
CONVOY_API ncclResult_t ncclCommDestroy(ncclComm_t comm);
CONVOY_API ncclResult_t ncclCommAbort(ncclComm_t comm);
CONVOY_API ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t *asyncError);
CONVOY_API ncclResult_t ncclCommCount(const ncclComm_t comm, int *count);
CONVOY_API ncclResult_t ncclCommCuDevice(const ncclComm_t comm, int *device);
CONVOY_API ncclResult_t ncclCommUserRank(const ncclComm_t comm, int *rank);

CONVOY_API ncclResult_t ncclMemAlloc(void **ptr, size_t size);
CONVOY_API ncclResult_t ncclMemFree(void *ptr);
CONVOY_API ncclResult_t ncclCommRegister(const ncclComm_t comm, void *buff, size_t size,
                                         void **handle);
CONVOY_API ncclResult_t ncclCommDeregister(const ncclComm_t comm, void *handle);

CONVOY_API ncclResult_t ncclCommWindowRegister(ncclComm_t comm, void *buff, size_t size,
                                               ncclWindow_t *win, int winFlags);
CONVOY_API ncclResult_t ncclCommWindowDeregister(ncclComm_t comm, ncclWindow_t win);
CONVOY_API ncclResult_t ncclWinGetUserPtr(ncclComm_t comm, ncclWindow_t win, void **outUserPtr);

CONVOY_API ncclResult_t ncclRedOpCreatePreMulSum(ncclRedOp_t *op, void *scalar,
                                                 ncclDataType_t datatype,
                                                 ncclScalarResidence_t residence, ncclComm_t comm);
CONVOY_API ncclResult_t ncclRedOpDestroy(ncclRedOp_t op, ncclComm_t comm);

CONVOY_API ncclResult_t ncclAllReduce(const void *sendbuff, void *recvbuff, size_t count,
                                      ncclDataType_t datatype, ncclRedOp_t op, ncclComm_t comm,
                                      cudaStream_t stream);
CONVOY_API ncclResult_t ncclBroadcast(const void *sendbuff, void *recvbuff, size_t count,
                                      ncclDataType_t datatype, int root, ncclComm_t comm,
                                      cudaStream_t stream);
CONVOY_API ncclResult_t ncclBcast(void *buff, size_t count, ncclDataType_t datatype, int root,
                                  ncclComm_t comm, cudaStream_t stream);
CONVOY_API ncclResult_t ncclReduce(const void *sendbuff, void *recvbuff, size_t count,
                                   ncclDataType_t datatype, ncclRedOp_t op, int root,
                                   ncclComm_t comm, cudaStream_t stream);
CONVOY_API ncclResult_t ncclAllGather(const void *sendbuff, void *recvbuff, size_t sendcount,
                                      ncclDataType_t datatype, ncclComm_t comm,
                                      cudaStream_t stream);
CONVOY_API ncclResult_t ncclReduceScatter(const void *sendbuff, void *recvbuff, size_t recvcount,
                                          ncclDataType_t datatype, ncclRedOp_t op, ncclComm_t comm,
                                          cudaStream_t stream);
CONVOY_API ncclResult_t ncclAlltoAll(const void *sendbuff, void *recvbuff, size_t count,
                                     ncclDataType_t datatype, ncclComm_t comm, cudaStream_t stream);
CONVOY_API ncclResult_t ncclGather(const void *sendbuff, void *recvbuff, size_t count,
                                   ncclDataType_t datatype, int root, ncclComm_t comm,
                                   cudaStream_t stream);
CONVOY_API ncclResult_t ncclScatter(const void *sendbuff, void *recvbuff, size_t count,
                                    ncclDataType_t datatype, int root, ncclComm_t comm,
                                    cudaStream_t stream);
CONVOY_API ncclResult_t ncclSend(const void *sendbuff, size_t count, ncclDataType_t datatype,
                                 int peer, ncclComm_t comm, cudaStream_t stream);
CONVOY_API ncclResult_t ncclRecv(void *recvbuff, size_t count, ncclDataType_t datatype, int peer,
                                 ncclComm_t comm, cudaStream_t stream);

/* How many signals of a rank to wait for; the signal's index and the context must be 0. */
typedef struct {
    int opCnt;
    int peer;
    int sigIdx;
    int ctx;
} ncclWaitSignalDesc_t;

CONVOY_API ncclResult_t ncclPutSignal(const void *localbuff, size_t count, ncclDataType_t datatype,
                                      int peer, ncclWindow_t peerWin, size_t peerWinOffset,
                                      int sigIdx, int ctx, unsigned int flags, ncclComm_t comm,
                                      cudaStream_t stream);
CONVOY_API ncclResult_t ncclSignal(int peer, int sigIdx, int ctx, unsigned int flags,
                                   ncclComm_t comm, cudaStream_t stream);
CONVOY_API ncclResult_t ncclWaitSignal(int nDesc, ncclWaitSignalDesc_t *signalDescs,
                                       ncclComm_t comm, cudaStream_t stream);

CONVOY_API ncclResult_t ncclGroupStart(void);
CONVOY_API ncclResult_t ncclGroupEnd(void);
/* Estimates the group's operations instead of running them. */
CONVOY_API ncclResult_t ncclGroupSimulateEnd(ncclSimInfo_t *simInfo);

/* Deprecated by NCCL, without effect here. */
CONVOY_API void ncclResetDebugInit(void);

#ifdef __cplusplus
}
#endif
#endif
