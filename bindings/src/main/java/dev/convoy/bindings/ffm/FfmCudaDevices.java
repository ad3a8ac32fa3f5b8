/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.CudaDeviceFunction;
import dev.convoy.bindings.CudaDevices;

/** The CUDA driver's word on devices through the Foreign Function and Memory API. */
record FfmCudaDevices(FunctionTable table) implements CudaDevices, LinkedLibrary {
    static FfmCudaDevices link(DynamicLibrary library) {
        return new FfmCudaDevices(new FunctionTable(library, CudaDeviceFunction.values()));
    }

    @Override
    public int init(int flags) {
        try {
            return (int) table.handle(CudaDeviceFunction.INIT).invokeExact(flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int driverGetVersion(long version) {
        try {
            return (int) table.handle(CudaDeviceFunction.DRIVER_GET_VERSION).invokeExact(version);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGetCount(long count) {
        try {
            return (int) table.handle(CudaDeviceFunction.DEVICE_GET_COUNT).invokeExact(count);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGet(long device, int ordinal) {
        try {
            return (int) table.handle(CudaDeviceFunction.DEVICE_GET).invokeExact(device, ordinal);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGetName(long name, int length, int device) {
        try {
            return (int) table.handle(CudaDeviceFunction.DEVICE_GET_NAME).invokeExact(name, length, device);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceTotalMem(long bytes, int device) {
        try {
            return (int) table.handle(CudaDeviceFunction.DEVICE_TOTAL_MEM).invokeExact(bytes, device);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGetAttribute(long value, int attribute, int device) {
        try {
            return (int) table.handle(CudaDeviceFunction.DEVICE_GET_ATTRIBUTE).invokeExact(value, attribute, device);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGetPciBusId(long text, int length, int device) {
        try {
            return (int) table.handle(CudaDeviceFunction.DEVICE_GET_PCI_BUS_ID).invokeExact(text, length, device);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGetP2pAttribute(long value, int attribute, int from, int to) {
        try {
            return (int)
                    table.handle(CudaDeviceFunction.DEVICE_GET_P2P_ATTRIBUTE).invokeExact(value, attribute, from, to);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceCanAccessPeer(long value, int device, int peer) {
        try {
            return (int) table.handle(CudaDeviceFunction.DEVICE_CAN_ACCESS_PEER).invokeExact(value, device, peer);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
