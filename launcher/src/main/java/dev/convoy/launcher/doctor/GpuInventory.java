/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import dev.convoy.bindings.CudaDevices;
import dev.convoy.bindings.DevicesProbe;
import dev.convoy.bindings.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The machine's GPUs, asked of the driver alone: so they show even where the CUDA runtime or NCCL is missing.
 *
 * @param driverVersion the newest CUDA that the driver can be used with, such as {@code 13.0}; empty without a driver
 * @param gpus what there is
 * @param reason why there is none, in one line; empty if there are some
 */
record GpuInventory(String driverVersion, List<Gpu> gpus, String reason) {
    private static final int COMPUTE_CAPABILITY_MAJOR = 75;
    private static final int COMPUTE_CAPABILITY_MINOR = 76;
    private static final int P2P_NATIVE_ATOMICS = 3;
    private static final int TEXT = 256;

    GpuInventory {
        gpus = List.copyOf(gpus);
    }

    static GpuInventory of(DevicesProbe probe) {
        return probe.devices().map(GpuInventory::of).orElseGet(() -> new GpuInventory("", List.of(), probe.reason()));
    }

    static GpuInventory of(CudaDevices devices) {
        try (Arena arena = Arena.ofConfined()) {
            Reader reader = new Reader(devices, arena.allocate(Long.BYTES, Long.BYTES), arena.allocate(TEXT));
            try {
                String version = reader.driverVersion();
                try {
                    return new GpuInventory(version, reader.gpus(), "");
                } catch (RefusalException e) {
                    return new GpuInventory(version, List.of(), e.getMessage());
                }
            } catch (RefusalException e) {
                return new GpuInventory("", List.of(), e.getMessage());
            }
        }
    }

    /** A call that the driver refused. */
    private static final class RefusalException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusalException(String function, int status) {
            super(function + " returned CUresult " + status + (status == 100 ? " (no device)" : ""));
        }
    }

    /** Reads one value after the other. */
    private record Reader(CudaDevices devices, MemorySegment cell, MemorySegment text) {
        private static void check(int status, String function) throws RefusalException {
            if (status != 0) {
                throw new RefusalException(function, status);
            }
        }

        private int number() {
            return NativeMemory.intAt(cell.address());
        }

        String driverVersion() throws RefusalException {
            check(devices.driverGetVersion(cell.address()), "cuDriverGetVersion");
            return CudaVersion.text(number());
        }

        List<Gpu> gpus() throws RefusalException {
            check(devices.init(0), "cuInit");
            check(devices.deviceGetCount(cell.address()), "cuDeviceGetCount");
            int[] handles = new int[number()];
            for (int i = 0; i < handles.length; i++) {
                check(devices.deviceGet(cell.address(), i), "cuDeviceGet");
                handles[i] = number();
            }
            List<Gpu> gpus = new ArrayList<>();
            for (int i = 0; i < handles.length; i++) {
                gpus.add(gpu(i, handles));
            }
            return gpus;
        }

        private Gpu gpu(int index, int[] handles) throws RefusalException {
            int device = handles[index];
            check(devices.deviceGetName(text.address(), TEXT, device), "cuDeviceGetName");
            String name = text.getString(0);
            check(devices.deviceGetPciBusId(text.address(), TEXT, device), "cuDeviceGetPCIBusId");
            String bus = text.getString(0);
            check(devices.deviceTotalMem(cell.address(), device), "cuDeviceTotalMem");
            long total = NativeMemory.longAt(cell.address());
            String capability =
                    attribute(COMPUTE_CAPABILITY_MAJOR, device) + "." + attribute(COMPUTE_CAPABILITY_MINOR, device);
            return new Gpu(index, name, capability, total, bus, peers(index, handles));
        }

        private int attribute(int attribute, int device) throws RefusalException {
            check(devices.deviceGetAttribute(cell.address(), attribute, device), "cuDeviceGetAttribute");
            return number();
        }

        private List<Gpu.Peer> peers(int index, int[] handles) throws RefusalException {
            List<Gpu.Peer> peers = new ArrayList<>();
            for (int i = 0; i < handles.length; i++) {
                if (i != index && reaches(handles[index], handles[i])) {
                    int status = devices.deviceGetP2pAttribute(
                            cell.address(), P2P_NATIVE_ATOMICS, handles[index], handles[i]);
                    check(status, "cuDeviceGetP2PAttribute");
                    peers.add(new Gpu.Peer(i, number() != 0));
                }
            }
            return peers;
        }

        private boolean reaches(int device, int peer) throws RefusalException {
            check(devices.deviceCanAccessPeer(cell.address(), device, peer), "cuDeviceCanAccessPeer");
            return number() != 0;
        }
    }
}
