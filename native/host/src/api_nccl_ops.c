/* SPDX-License-Identifier: Apache-2.0 */
/* NCCL's operations, as exported. */
#include "convoy/nccl_abi.h"

#include "validate.h"

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
