/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.HostExtensions;

/** Kernels of the host runtime, which does them as it does all work of its streams. */
final class HostKernelLauncher implements KernelLauncher {
    private static final String FUNCTION = "convoyKernelLaunch";

    private final Device device;
    private final HostExtensions extensions;

    HostKernelLauncher(Device device, HostExtensions extensions) {
        if (!extensions.supports(FUNCTION)) {
            throw new KernelsUnavailableException(FUNCTION + " is not in "
                    + device.runtime().library() + "; use the host runtime of this version of Convoy");
        }
        this.device = device;
        this.extensions = extensions;
    }

    @Override
    public void launch(Kernel kernel, KernelArguments arguments, long threads, Stream stream) {
        device.makeCurrent();
        int status = extensions.kernelLaunch(kernel.ordinal(), arguments.address(), arguments.bytes(), stream.handle());
        if (status != Status.SUCCESS) {
            device.status().checkCuda(status, FUNCTION + " of " + kernel.function());
        }
    }
}
