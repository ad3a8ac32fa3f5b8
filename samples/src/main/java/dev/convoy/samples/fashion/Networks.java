/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.Device;
import dev.convoy.RuntimeKind;
import dev.convoy.samples.products.CublasProducts;

/** Chooses who multiplies: cuBLAS on a GPU that has it, else Java. */
final class Networks {
    private Networks() {}

    static Network of(Device device, int capacity) {
        if (device.runtime().kind() != RuntimeKind.CUDA) {
            return new HostNetwork(capacity);
        }
        try {
            return new DeviceNetwork(device, CublasProducts.open(device), capacity);
        } catch (UnsupportedOperationException e) {
            System.err.println("matrix products on the CPU: " + e.getMessage());
            return new HostNetwork(capacity);
        }
    }
}
