/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** The functions of the CUDA driver that are bound; every version that can be opened has them. */
public enum CudaDriverFunction implements NativeFunction {
    /** {@code cuInit}. */
    INIT("cuInit", "(I)I"),
    /** {@code cuDriverGetVersion}. */
    DRIVER_GET_VERSION("cuDriverGetVersion", "(L)I"),
    /** {@code cuGetErrorName}. */
    GET_ERROR_NAME("cuGetErrorName", "(IL)I"),
    /** {@code cuGetErrorString}. */
    GET_ERROR_STRING("cuGetErrorString", "(IL)I"),
    /** {@code cuModuleLoadData}. */
    MODULE_LOAD_DATA("cuModuleLoadData", "(LL)I"),
    /** {@code cuModuleUnload}. */
    MODULE_UNLOAD("cuModuleUnload", "(L)I"),
    /** {@code cuModuleGetFunction}. */
    MODULE_GET_FUNCTION("cuModuleGetFunction", "(LLL)I"),
    /** {@code cuLaunchKernel}. */
    LAUNCH_KERNEL("cuLaunchKernel", "(LIIIIIIILLL)I");

    private final Prototype prototype;

    CudaDriverFunction(String symbol, String signature) {
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
