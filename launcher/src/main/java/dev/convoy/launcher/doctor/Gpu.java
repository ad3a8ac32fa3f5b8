/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import java.util.List;

/**
 * A GPU as the driver sees it.
 *
 * @param index its number, as all of CUDA counts
 * @param name such as {@code NVIDIA H200}
 * @param computeCapability such as {@code 9.0}
 * @param totalBytes size of its memory
 * @param pciBusId such as {@code 0000:65:00.0}
 * @param peers the GPUs whose memory it can reach
 */
record Gpu(int index, String name, String computeCapability, long totalBytes, String pciBusId, List<Peer> peers) {
    Gpu {
        peers = List.copyOf(peers);
    }

    /**
     * A GPU whose memory another can reach.
     *
     * @param index its number
     * @param nativeAtomics whether atomic operations reach it, too: over NVLink they do, over PCI Express they do not
     */
    record Peer(int index, boolean nativeAtomics) {}
}
