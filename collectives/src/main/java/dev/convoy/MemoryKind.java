/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** Where a buffer's memory is. */
public enum MemoryKind {
    /** On the device; on the host runtime, shared memory that its peers can read. */
    DEVICE,
    /** On the host, page-locked, so that copies to and from the device run beside other work. */
    PINNED_HOST,
    /** On the device, as {@link #DEVICE}, and allocated so that NCCL can map it into peers. */
    SHAREABLE
}
