/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.util.Optional;

/**
 * The libraries of one runtime, opened and linked.
 *
 * @param kind which runtime it is
 * @param nccl NCCL's functions
 * @param cuda the CUDA runtime's functions
 * @param extensions what only the host runtime has
 * @param library path of the library that holds NCCL's functions
 * @param version NCCL's version code, such as 22903 for 2.29.3
 * @param deviceCount number of devices
 */
public record NativeRuntime(
        Kind kind,
        Nccl nccl,
        Cuda cuda,
        Optional<HostExtensions> extensions,
        String library,
        int version,
        int deviceCount) {

    /** The runtimes that there are. */
    public enum Kind {
        /** NVIDIA's NCCL and CUDA runtime. */
        CUDA,
        /** Convoy's own library, on CPU and shared memory. */
        HOST
    }

    /**
     * NCCL's version for people.
     *
     * @return such as {@code 2.29.3}
     */
    public String versionText() {
        return versionText(version);
    }

    /** A version code of NCCL for people. */
    static String versionText(int code) {
        // 2.8 and older had a code of another shape; they are too old to be opened.
        return code / 10_000 + "." + code / 100 % 100 + "." + code % 100;
    }
}
