/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Device;

/** A veto without the group that programs get theirs from: a benchmark has ranks, but no agent. */
public final class DeclaredVeto {
    private DeclaredVeto() {}

    /** Declares one of which nobody is told. */
    public static StepVeto of(Device device, int worldSize) {
        return new StepVeto(device, worldSize, 0, _ -> {});
    }

    /** Frees it. */
    public static void close(StepVeto veto) {
        veto.close();
    }
}
