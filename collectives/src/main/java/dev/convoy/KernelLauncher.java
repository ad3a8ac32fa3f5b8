/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** Enqueues kernels on streams of one device. */
interface KernelLauncher {
    /**
     * Enqueues a kernel.
     *
     * @param kernel which one
     * @param arguments its structure, complete
     * @param threads how many threads have something to do
     * @param stream the order
     */
    void launch(Kernel kernel, KernelArguments arguments, long threads, Stream stream);
}
