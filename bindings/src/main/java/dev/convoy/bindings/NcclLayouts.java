/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/** Layouts of the structures in NCCL's interface on x86-64 that are the same in every release. */
public final class NcclLayouts {
    /** {@code ncclUniqueId}: 128 opaque bytes, passed by value. */
    public static final StructLayout UNIQUE_ID = MemoryLayout.structLayout(
                    MemoryLayout.sequenceLayout(128, ValueLayout.JAVA_BYTE).withName("internal"))
            .withName("ncclUniqueId");

    private NcclLayouts() {}
}
