/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import dev.convoy.bindings.KernelImage;
import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.RuntimeProbe;

/**
 * Whether Convoy's own kernels can be used on a runtime's devices.
 *
 * @param reason why not, in one line; empty if they can
 */
record KernelsFound(String reason) {
    static KernelsFound of(RuntimeProbe probe) {
        if (probe.runtime().isEmpty()) {
            return new KernelsFound("the runtime is not available");
        }
        boolean there = probe.kind() == Kind.HOST
                ? probe.runtime()
                        .flatMap(runtime -> runtime.extensions())
                        .filter(extensions -> extensions.supports("convoyKernelLaunch"))
                        .isPresent()
                : KernelImage.read().isPresent();
        return new KernelsFound(
                there
                        ? ""
                        : probe.kind() == Kind.HOST ? "the library has none" : "the jar convoy-native-cuda is missing");
    }

    boolean isAvailable() {
        return reason.isEmpty();
    }
}
