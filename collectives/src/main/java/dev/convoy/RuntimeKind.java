/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** Where collectives run. */
public enum RuntimeKind {
    /** NVIDIA's libraries if they load and find a device, else the host runtime. */
    AUTO,
    /** NCCL and the CUDA runtime. */
    CUDA,
    /** Convoy's own library, on CPU and shared memory: the same calls, on any Linux machine. */
    HOST
}
