/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** The functions of the CUDA driver that tell of devices; every version that can be opened has them. */
public enum CudaDeviceFunction implements NativeFunction {
    /** {@code cuInit}. */
    INIT("cuInit", "(I)I"),
    /** {@code cuDriverGetVersion}. */
    DRIVER_GET_VERSION("cuDriverGetVersion", "(L)I"),
    /** {@code cuDeviceGetCount}. */
    DEVICE_GET_COUNT("cuDeviceGetCount", "(L)I"),
    /** {@code cuDeviceGet}. */
    DEVICE_GET("cuDeviceGet", "(LI)I"),
    /** {@code cuDeviceGetName}. */
    DEVICE_GET_NAME("cuDeviceGetName", "(LII)I"),
    /** {@code cuDeviceTotalMem}, of which this is the 64-bit one. */
    DEVICE_TOTAL_MEM("cuDeviceTotalMem_v2", "(LI)I"),
    /** {@code cuDeviceGetAttribute}. */
    DEVICE_GET_ATTRIBUTE("cuDeviceGetAttribute", "(LII)I"),
    /** {@code cuDeviceGetPCIBusId}. */
    DEVICE_GET_PCI_BUS_ID("cuDeviceGetPCIBusId", "(LII)I"),
    /** {@code cuDeviceGetP2PAttribute}. */
    DEVICE_GET_P2P_ATTRIBUTE("cuDeviceGetP2PAttribute", "(LIII)I"),
    /** {@code cuDeviceCanAccessPeer}. */
    DEVICE_CAN_ACCESS_PEER("cuDeviceCanAccessPeer", "(LII)I");

    private final Prototype prototype;

    CudaDeviceFunction(String symbol, String signature) {
        prototype = new Prototype(symbol, 0, signature);
    }

    @Override
    public Origin origin() {
        return Origin.CUDA_DRIVER;
    }

    @Override
    public Prototype prototype() {
        return prototype;
    }
}
