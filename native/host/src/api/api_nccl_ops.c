/* SPDX-License-Identifier: Apache-2.0 */
/* NCCL's operations, as exported. */
#include "convoy/convoy_ext.h"
#include "convoy/nccl_abi.h"

#include "base/errors.h"
#include "comm/user_operator.h"
#include "memory/checked_copy.h"
#include "operations/one_sided_request.h"
#include "operations/validate.h"

ncclResult_t ncclRedOpCreatePreMulSum(ncclRedOp_t *op, void *scalar, ncclDataType_t datatype,
                                      ncclScalarResidence_t residence, ncclComm_t comm) {
    ncclResult_t result = validate_open("ncclRedOpCreatePreMulSum", comm);
    return result == ncclSuccess ? user_operator_create(comm, op, scalar, datatype, residence)
                                 : result;
}

ncclResult_t ncclRedOpDestroy(ncclRedOp_t op, ncclComm_t comm) {
    ncclResult_t result = validate_comm("ncclRedOpDestroy", comm);
    return result == ncclSuccess ? user_operator_destroy(comm, op) : result;
}

ncclResult_t ncclAllReduce(const void *sendbuff, void *recvbuff, size_t count,
                           ncclDataType_t datatype, ncclRedOp_t op, ncclComm_t comm,
                           cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_ALL_REDUCE,
                                               .send = sendbuff,
                                               .receive = recvbuff,
                                               .count = count,
                                               .type = datatype,
                                               .redop = op,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclBroadcast(const void *sendbuff, void *recvbuff, size_t count,
                           ncclDataType_t datatype, int root, ncclComm_t comm,
                           cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_BROADCAST,
                                               .send = sendbuff,
                                               .receive = recvbuff,
                                               .count = count,
                                               .type = datatype,
                                               .root = root,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclBcast(void *buff, size_t count, ncclDataType_t datatype, int root, ncclComm_t comm,
                       cudaStream_t stream) {
    return ncclBroadcast(buff, buff, count, datatype, root, comm, stream);
}

ncclResult_t ncclReduce(const void *sendbuff, void *recvbuff, size_t count, ncclDataType_t datatype,
                        ncclRedOp_t op, int root, ncclComm_t comm, cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_REDUCE,
                                               .send = sendbuff,
                                               .receive = recvbuff,
                                               .count = count,
                                               .type = datatype,
                                               .redop = op,
                                               .root = root,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclAllGather(const void *sendbuff, void *recvbuff, size_t sendcount,
                           ncclDataType_t datatype, ncclComm_t comm, cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_ALL_GATHER,
                                               .send = sendbuff,
                                               .receive = recvbuff,
                                               .count = sendcount,
                                               .type = datatype,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclReduceScatter(const void *sendbuff, void *recvbuff, size_t recvcount,
                               ncclDataType_t datatype, ncclRedOp_t op, ncclComm_t comm,
                               cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_REDUCE_SCATTER,
                                               .send = sendbuff,
                                               .receive = recvbuff,
                                               .count = recvcount,
                                               .type = datatype,
                                               .redop = op,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclAlltoAll(const void *sendbuff, void *recvbuff, size_t count,
                          ncclDataType_t datatype, ncclComm_t comm, cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_ALL_TO_ALL,
                                               .send = sendbuff,
                                               .receive = recvbuff,
                                               .count = count,
                                               .type = datatype,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclGather(const void *sendbuff, void *recvbuff, size_t count, ncclDataType_t datatype,
                        int root, ncclComm_t comm, cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_GATHER,
                                               .send = sendbuff,
                                               .receive = recvbuff,
                                               .count = count,
                                               .type = datatype,
                                               .root = root,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclScatter(const void *sendbuff, void *recvbuff, size_t count,
                         ncclDataType_t datatype, int root, ncclComm_t comm, cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_SCATTER,
                                               .send = sendbuff,
                                               .receive = recvbuff,
                                               .count = count,
                                               .type = datatype,
                                               .root = root,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclSend(const void *sendbuff, size_t count, ncclDataType_t datatype, int peer,
                      ncclComm_t comm, cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_SEND,
                                               .send = sendbuff,
                                               .count = count,
                                               .type = datatype,
                                               .root = peer,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclRecv(void *recvbuff, size_t count, ncclDataType_t datatype, int peer,
                      ncclComm_t comm, cudaStream_t stream) {
    return request_submit(&(struct op_request){.kind = OP_RECEIVE,
                                               .receive = recvbuff,
                                               .count = count,
                                               .type = datatype,
                                               .root = peer,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t convoyRecvChecksum(void *recvbuff, size_t count, ncclDataType_t datatype, int peer,
                                uint32_t *checksum, ncclComm_t comm, cudaStream_t stream) {
    if (checksum == NULL || !checked_copy_is_possible()) {
        return error_nccl(ncclInvalidUsage, "convoyRecvChecksum: %s",
                          checksum == NULL ? "checksum is NULL"
                                           : "this CPU has no instruction for CRC32C");
    }
    return request_submit(&(struct op_request){.kind = OP_RECEIVE,
                                               .receive = recvbuff,
                                               .checksum = checksum,
                                               .count = count,
                                               .type = datatype,
                                               .root = peer,
                                               .comm = comm,
                                               .stream = stream});
}

ncclResult_t ncclPutSignal(const void *localbuff, size_t count, ncclDataType_t datatype, int peer,
                           ncclWindow_t peerWin, size_t peerWinOffset, int sigIdx, int ctx,
                           unsigned int flags, ncclComm_t comm, cudaStream_t stream) {
    return put_request_submit(&(struct put_request){.kind = OP_PUT,
                                                    .source = localbuff,
                                                    .count = count,
                                                    .type = datatype,
                                                    .peer = peer,
                                                    .window = peerWin,
                                                    .window_offset = peerWinOffset,
                                                    .signal = sigIdx,
                                                    .context = ctx,
                                                    .flags = flags,
                                                    .comm = comm,
                                                    .stream = stream});
}

ncclResult_t ncclSignal(int peer, int sigIdx, int ctx, unsigned int flags, ncclComm_t comm,
                        cudaStream_t stream) {
    return put_request_submit(&(struct put_request){.kind = OP_SIGNAL,
                                                    .type = ncclInt8,
                                                    .peer = peer,
                                                    .signal = sigIdx,
                                                    .context = ctx,
                                                    .flags = flags,
                                                    .comm = comm,
                                                    .stream = stream});
}

ncclResult_t ncclWaitSignal(int nDesc, ncclWaitSignalDesc_t *signalDescs, ncclComm_t comm,
                            cudaStream_t stream) {
    return wait_request_submit(signalDescs, nDesc, comm, stream);
}
