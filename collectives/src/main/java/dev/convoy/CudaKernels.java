/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.DriverProbe;
import dev.convoy.bindings.KernelImage;
import dev.convoy.bindings.Runtimes;

/** Finds what kernels on a GPU need. */
final class CudaKernels {
    private CudaKernels() {}

    /** Loads the kernels, or says what is missing. */
    static KernelLauncher load(Device device) {
        DriverProbe probe = Runtimes.driver();
        byte[] image = KernelImage.read()
                .orElseThrow(() -> new KernelsUnavailableException(
                        "the jar convoy-native with the classifier cuda is" + " not on the module or class path"));
        return new CudaKernelLauncher(
                device, probe.driver().orElseThrow(() -> new KernelsUnavailableException(probe.reason())), image);
    }
}
