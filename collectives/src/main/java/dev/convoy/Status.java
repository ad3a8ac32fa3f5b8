/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.NativeRuntime;

/** Turns statuses of the native libraries into exceptions. */
final class Status {
    static final int SUCCESS = 0;
    static final int NCCL_CUDA_ERROR = 1;
    static final int CUDA_OUT_OF_MEMORY = 2;
    static final int CUDA_NOT_READY = 600;
    static final int NCCL_INVALID_ARGUMENT = 4;
    static final int NCCL_INVALID_USAGE = 5;
    static final int NCCL_REMOTE_ERROR = 6;
    static final int NCCL_IN_PROGRESS = 7;

    private static final String[] NCCL_NAMES = {
        "ncclSuccess",
        "ncclUnhandledCudaError",
        "ncclSystemError",
        "ncclInternalError",
        "ncclInvalidArgument",
        "ncclInvalidUsage",
        "ncclRemoteError",
        "ncclInProgress",
        "ncclTimeout"
    };

    private final NativeRuntime natives;

    Status(NativeRuntime natives) {
        this.natives = natives;
    }

    /** Throws unless a call of the CUDA runtime succeeded. */
    void checkCuda(int status, String function) {
        if (status != SUCCESS) {
            throw new LibraryException(cudaDetails(status, function));
        }
    }

    /** Throws unless an allocation succeeded. */
    void checkAllocation(int status, String function, long bytes) {
        if (status == CUDA_OUT_OF_MEMORY) {
            throw new OutOfDeviceMemoryException(cudaDetails(status, function), bytes);
        }
        checkCuda(status, function);
    }

    /** Throws unless a call of NCCL that concerns no communicator succeeded. */
    void checkNccl(int status, String function) {
        if (status != SUCCESS) {
            throw ncclException(ncclDetails(status, function, 0));
        }
    }

    /** The exception for a call that failed at once, as opposed to a communicator that failed later. */
    static ConvoyException ncclException(ErrorDetails details) {
        return switch (details.status()) {
            case NCCL_INVALID_ARGUMENT -> new InvalidArgumentException(details);
            case NCCL_INVALID_USAGE -> new InvalidUsageException(details);
            case NCCL_REMOTE_ERROR -> new RemoteRankException(details, new int[0]);
            default -> new LibraryException(details);
        };
    }

    ErrorDetails ncclDetails(int status, String function, long communicator) {
        String said = natives.nccl().getLastError(communicator);
        String text = said.isBlank() ? natives.nccl().getErrorString(status) : said;
        return ErrorDetails.ofCall(function, status, ncclName(status), text);
    }

    static String ncclName(int status) {
        return status >= 0 && status < NCCL_NAMES.length ? NCCL_NAMES[status] : "ncclResult_t " + status;
    }

    /** The thread's last error is cleared: told once, it must not be blamed on somebody's later call in this thread. */
    ErrorDetails cudaDetails(int status, String function) {
        natives.cuda().getLastError();
        String name = natives.cuda().getErrorName(status);
        return ErrorDetails.ofCall(function, status, name, natives.cuda().getErrorString(status));
    }
}
