/* SPDX-License-Identifier: Apache-2.0 */
/* NCCL's functions about memory, as exported: allocation, registration, windows. */
#include "convoy/nccl_abi.h"

#include "base/errors.h"
#include "comm/registration.h"
#include "comm/window.h"
#include "operations/validate.h"
#include "operations/window_request.h"

ncclResult_t ncclMemAlloc(void **ptr, size_t size) {
    cudaError_t error = cudaMalloc(ptr, size);
    return error == cudaSuccess
               ? ncclSuccess
               : error_nccl(ncclUnhandledCudaError, "ncclMemAlloc: %s", cudaGetErrorString(error));
}

ncclResult_t ncclMemFree(void *ptr) {
    cudaError_t error = cudaFree(ptr);
    return error == cudaSuccess
               ? ncclSuccess
               : error_nccl(ncclUnhandledCudaError, "ncclMemFree: %s", cudaGetErrorString(error));
}

ncclResult_t ncclCommRegister(const ncclComm_t comm, void *buff, size_t size, void **handle) {
    ncclResult_t result = validate_comm("ncclCommRegister", comm);
    return result == ncclSuccess ? registration_add(comm, buff, size, handle) : result;
}

ncclResult_t ncclCommDeregister(const ncclComm_t comm, void *handle) {
    ncclResult_t result = validate_comm("ncclCommDeregister", comm);
    return result == ncclSuccess && handle != NULL ? registration_remove(comm, handle) : result;
}

ncclResult_t ncclCommWindowRegister(ncclComm_t comm, void *buff, size_t size, ncclWindow_t *win,
                                    int winFlags) {
    ncclResult_t result = validate_open("ncclCommWindowRegister", comm);
    return result == ncclSuccess ? window_register(comm, buff, size, winFlags, win) : result;
}

ncclResult_t ncclCommWindowDeregister(ncclComm_t comm, ncclWindow_t win) {
    ncclResult_t result = validate_comm("ncclCommWindowDeregister", comm);
    return result == ncclSuccess ? window_deregister(comm, win) : result;
}

ncclResult_t ncclWinGetUserPtr(ncclComm_t comm, ncclWindow_t win, void **outUserPtr) {
    struct ncclWindow_vidmem window;
    ncclResult_t result = validate_comm("ncclWinGetUserPtr", comm);
    if (result != ncclSuccess) {
        return result;
    }
    if (outUserPtr == NULL || !window_find(comm, win, &window)) {
        return error_nccl(ncclInvalidArgument,
                          "ncclWinGetUserPtr: %p is no window of this communicator, or there is no "
                          "place for the pointer",
                          (void *)win);
    }
    *outUserPtr = window.begin;
    return ncclSuccess;
}
