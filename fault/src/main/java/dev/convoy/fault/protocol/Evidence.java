/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/** Why a rank suspects that its communicator is broken. */
public enum Evidence {
    /** The runtime says that the process of a peer died. */
    PEER_DEATH,
    /** The communicator reports an asynchronous error. */
    ASYNC_ERROR,
    /** An operation did not end within its deadline. */
    DEADLINE
}
