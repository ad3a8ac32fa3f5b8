/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/**
 * The asynchronous error of a communicator.
 *
 * @param status the {@code ncclResult_t}
 * @param statusName its name, such as {@code ncclRemoteError}
 * @param message what the library said
 */
public record ErrorState(int status, String statusName, String message) {}
