/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.io.Serializable;

/**
 * Where an error happened. What does not apply is null, or -1 for a number.
 *
 * @param function the C function
 * @param status what it returned
 * @param statusName name of the status, such as {@code ncclRemoteError}
 * @param libraryMessage what the library said about it last
 * @param communicator name of the communicator
 * @param rank the caller's rank in it
 * @param epoch the communicator's epoch
 * @param operation what was being done
 * @param sequence the operation's number in its communicator
 */
public record ErrorDetails(
        String function,
        int status,
        String statusName,
        String libraryMessage,
        String communicator,
        int rank,
        long epoch,
        Operation operation,
        long sequence)
        implements Serializable {
    private static final int NONE = -1;

    static ErrorDetails none() {
        return new ErrorDetails(null, NONE, null, null, null, NONE, NONE, null, NONE);
    }

    static ErrorDetails ofCall(String function, int status, String statusName, String libraryMessage) {
        return new ErrorDetails(function, status, statusName, libraryMessage, null, NONE, NONE, null, NONE);
    }

    ErrorDetails in(CommunicatorOptions options, int callersRank, Operation doing, long number) {
        return new ErrorDetails(
                function,
                status,
                statusName,
                libraryMessage,
                options.name(),
                callersRank,
                options.epoch(),
                doing,
                number);
    }

    /** The place in words: {@code rank 1 of 'world', epoch 3, ALL_REDUCE 17}. */
    String place() {
        if (communicator == null) {
            return "";
        }
        StringBuilder text =
                new StringBuilder(" [rank ").append(rank).append(" of '").append(communicator);
        text.append("', epoch ").append(epoch);
        if (operation != null) {
            text.append(", ").append(operation);
        }
        if (sequence > 0) {
            text.append(' ').append(sequence);
        }
        return text.append(']').toString();
    }

    /** The failed call in words: {@code ncclAllReduce returned ncclRemoteError: <what the library said>}. */
    String call() {
        String said = libraryMessage == null || libraryMessage.isBlank() ? "" : ": " + libraryMessage.strip();
        return function + " returned " + statusName + said;
    }
}
