/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Convoy's kernels for GPUs as the driver loads them. They come in a jar of their own ({@code convoy-native} with the
 * classifier {@code cuda}), since only a machine with NVIDIA's compiler can make it.
 */
public final class KernelImage {
    /** No name of a package, so that a module does not hide it. */
    private static final String RESOURCE = "dev/convoy/native/cuda/convoy_kernels.fatbin";

    private KernelImage() {}

    /**
     * Reads the image.
     *
     * @return a fat binary; empty where the jar is not on the module or class path
     * @throws UncheckedIOException if it cannot be read
     */
    public static Optional<byte[]> read() {
        try (InputStream in = KernelImage.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }
}
