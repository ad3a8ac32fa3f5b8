/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.NativeRuntime;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a communicator can be relied on; once lost, it stays so. Used by the thread inside the communicator. */
final class Health {
    private static final int MOST_RANKS = 4096;
    /** Not null, so that a process has loaded what tells of a failure before there is one. */
    private static final Failure NONE = new Failure(ErrorDetails.none(), new int[0]);

    private static final AtomicBoolean REHEARSED = new AtomicBoolean();

    private final NativeRuntime natives;
    private final Status status;
    private final NativeCells cells = new NativeCells();
    private final CommunicatorOptions options;
    private final Revocation revocation;
    private final int rank;
    private volatile Failure failure = NONE;

    /** What the library said, kept because it forgets. */
    private record Failure(ErrorDetails details, int[] failedRanks) {
        ConvoyException asException(ErrorDetails place) {
            return switch (place.status()) {
                case Status.NCCL_REMOTE_ERROR -> new RemoteRankException(place, failedRanks);
                case Status.NCCL_INVALID_USAGE -> new InvalidUsageException(place);
                default -> new CommunicatorFailedException(place);
            };
        }
    }

    Health(ConvoyRuntime runtime, CommunicatorOptions options, int rank) {
        this.natives = runtime.natives();
        this.status = runtime.status();
        this.options = options;
        this.revocation = options.revocation() == null ? new Revocation() : options.revocation();
        this.rank = rank;
        if (REHEARSED.compareAndSet(false, true)) {
            rehearse();
        }
    }

    // A process's first pass through this takes milliseconds, which nobody has when a rank was lost.
    private void rehearse() {
        ErrorDetails details = status.ncclDetails(Status.NCCL_REMOTE_ERROR, "", 0);
        new Failure(details, new int[0]).asException(place(details, Operation.ALL_REDUCE, 0));
    }

    Revocation revocation() {
        return revocation;
    }

    boolean isGood() {
        return failure == NONE && !revocation.isRevoked();
    }

    /** Throws what is already known; asks nobody. */
    void requireGood(Operation operation, long sequence) {
        String reason = revocation.reason();
        if (reason != null) {
            throw new CommunicatorRevokedException(place(ErrorDetails.none(), operation, sequence), reason);
        }
        Failure known = failure;
        if (known != NONE) {
            throw known.asException(place(known.details(), operation, sequence));
        }
    }

    /** Asks the library, and throws if the communicator is lost. */
    void check(long handle, Operation operation, long sequence) {
        requireGood(operation, sequence);
        int asynchronous = asynchronousStatus(handle);
        if (asynchronous != Status.SUCCESS && asynchronous != Status.NCCL_IN_PROGRESS) {
            throw fail(handle, asynchronous, operation, sequence);
        }
    }

    /** The status that the library reports: success, in progress, or an error that stays. */
    int asynchronousStatus(long handle) {
        int asked = natives.nccl().commGetAsyncError(handle, cells.first());
        return asked == Status.SUCCESS ? cells.firstInt() : asked;
    }

    /** The exception for a call that the library refused: the communicator's own error if it has one. */
    ConvoyException refusal(long handle, int refused, Operation operation, long sequence) {
        int asynchronous = asynchronousStatus(handle);
        if (asynchronous != Status.SUCCESS && asynchronous != Status.NCCL_IN_PROGRESS) {
            return fail(handle, asynchronous, operation, sequence);
        }
        ErrorDetails details = status.ncclDetails(refused, operation.function(), handle);
        return Status.ncclException(place(details, operation, sequence));
    }

    ConvoyException fail(long handle, int error, Operation operation, long sequence) {
        ErrorDetails details = status.ncclDetails(error, operation.function(), handle);
        failure = new Failure(details, failedRanks(handle));
        return failure.asException(place(details, operation, sequence));
    }

    /** Lost because its own process ended what was under way. */
    void lose(Operation cause) {
        ErrorDetails details = ErrorDetails.ofCall(
                cause.function(),
                Status.SUCCESS,
                Status.ncclName(Status.SUCCESS),
                "what was under way was ended by it");
        failure = new Failure(details, new int[0]);
    }

    Optional<ErrorState> error(long handle) {
        int asynchronous = asynchronousStatus(handle);
        if (asynchronous == Status.SUCCESS || asynchronous == Status.NCCL_IN_PROGRESS) {
            return Optional.empty();
        }
        String said = natives.nccl().getLastError(handle);
        return Optional.of(new ErrorState(asynchronous, Status.ncclName(asynchronous), said));
    }

    int[] failedRanks(long handle) {
        var extensions = natives.extensions().filter(e -> e.supports("convoyCommFailedRanks"));
        if (extensions.isEmpty()) {
            return new int[0];
        }
        try (var arena = Arena.ofConfined()) {
            var ranks = arena.allocate(ValueLayout.JAVA_INT, MOST_RANKS);
            cells.clear();
            int asked = extensions.get().commFailedRanks(handle, ranks.address(), MOST_RANKS, cells.first());
            int count = asked == Status.SUCCESS ? Math.min(cells.firstInt(), MOST_RANKS) : 0;
            return Arrays.copyOf(ranks.toArray(ValueLayout.JAVA_INT), count);
        }
    }

    /** The exception for what takes longer than its bound. */
    CollectiveTimeoutException timeout(Operation operation, long sequence, Duration bound) {
        ErrorDetails call = ErrorDetails.ofCall(operation.function(), -1, null, null);
        return new CollectiveTimeoutException(place(call, operation, sequence), bound);
    }

    ErrorDetails place(ErrorDetails details, Operation operation, long sequence) {
        return details.in(options, rank, operation, sequence);
    }
}
