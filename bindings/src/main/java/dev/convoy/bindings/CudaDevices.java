/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/**
 * What the CUDA driver tells of the machine's GPUs, without making a context on any: C names without their prefix.
 * Nothing is checked here; all may be called from any thread.
 */
public interface CudaDevices extends NativeLibrary {
    /**
     * Starts the driver; every other function but the version needs it.
     *
     * @param flags 0
     * @return a {@code CUresult}
     */
    int init(int flags);

    /**
     * Reads the version of the driver.
     *
     * @param version address of an {@code int} that receives the newest version of CUDA that it can be used with
     * @return a {@code CUresult}
     */
    int driverGetVersion(long version);

    /**
     * Counts the devices.
     *
     * @param count address of an {@code int} that receives the number
     * @return a {@code CUresult}
     */
    int deviceGetCount(long count);

    /**
     * Finds a device.
     *
     * @param device address of an {@code int} that receives the {@code CUdevice}
     * @param ordinal its number, from 0
     * @return a {@code CUresult}
     */
    int deviceGet(long device, int ordinal);

    /**
     * Names a device.
     *
     * @param name address of the text that receives the name
     * @param length room in the text
     * @param device the device
     * @return a {@code CUresult}
     */
    int deviceGetName(long name, int length, int device);

    /**
     * Reads the size of a device's memory.
     *
     * @param bytes address of a {@code size_t}
     * @param device the device
     * @return a {@code CUresult}
     */
    int deviceTotalMem(long bytes, int device);

    /**
     * Reads an attribute of a device.
     *
     * @param value address of an {@code int}
     * @param attribute a {@code CUdevice_attribute}
     * @param device the device
     * @return a {@code CUresult}
     */
    int deviceGetAttribute(long value, int attribute, int device);

    /**
     * Reads where a device is on the bus.
     *
     * @param text address of the text that receives such as {@code 0000:65:00.0}
     * @param length room in the text
     * @param device the device
     * @return a {@code CUresult}
     */
    int deviceGetPciBusId(long text, int length, int device);

    /**
     * Reads an attribute of the way from one device to another.
     *
     * @param value address of an {@code int}
     * @param attribute a {@code CUdevice_P2PAttribute}
     * @param from a device
     * @param to another device
     * @return a {@code CUresult}
     */
    int deviceGetP2pAttribute(long value, int attribute, int from, int to);

    /**
     * Tells whether kernels on one device can reach the memory of another.
     *
     * @param value address of an {@code int} that receives 1 or 0
     * @param device a device
     * @param peer another device
     * @return a {@code CUresult}
     */
    int deviceCanAccessPeer(long value, int device, int peer);
}
