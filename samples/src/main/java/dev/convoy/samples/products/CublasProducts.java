/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.products;

import dev.convoy.Device;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import dev.convoy.bindings.Cublas;
import dev.convoy.bindings.CublasProbe;
import dev.convoy.bindings.Runtimes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Products by cuBLAS, which is found as the CUDA runtime is, or by {@code -Dconvoy.cublas.library}. It sees columns
 * where there are rows, and so every matrix transposed: it is asked for the transposed product, whose factors change
 * places.
 */
public final class CublasProducts implements MatrixProducts {
    private static final int SUCCESS = 0;
    private static final int[] VERSION_PARTS = {0, 1, 2};

    private final Cublas cublas;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
    private final MemorySegment zero = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0);
    private final long handle;

    CublasProducts(Cublas cublas) {
        this.cublas = cublas;
        MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);
        check(cublas.create(cell.address()), "cublasCreate");
        this.handle = cell.get(ValueLayout.JAVA_LONG, 0);
    }

    /**
     * Opens cuBLAS on a device.
     *
     * @param device a GPU, on which the calling thread has worked
     * @return the products, to be closed
     * @throws UnsupportedOperationException with the reason if there is none
     * @throws IllegalStateException if it cannot work on this device
     */
    public static CublasProducts open(Device device) {
        if (device.runtime().kind() != RuntimeKind.CUDA) {
            throw new UnsupportedOperationException("cuBLAS works on GPUs, and not on " + device);
        }
        CublasProbe probe = Runtimes.cublas();
        return new CublasProducts(probe.cublas().orElseThrow(() -> new UnsupportedOperationException(probe.reason())));
    }

    @Override
    public void multiply(Matrix a, Form aForm, Matrix b, Form bForm, Matrix product, Stream stream) {
        Sizes sizes = Sizes.of(a, aForm, b, bForm, product);
        check(cublas.setStream(handle, stream.handle()), "cublasSetStream");
        int status = cublas.sgemm(
                handle,
                bForm.ordinal(),
                aForm.ordinal(),
                sizes.columns(),
                sizes.rows(),
                sizes.inner(),
                one.address(),
                b.elements().address(),
                b.columns(),
                a.elements().address(),
                a.columns(),
                zero.address(),
                product.elements().address(),
                product.columns());
        check(status, "cublasSgemm");
    }

    @Override
    public String description() {
        StringBuilder text = new StringBuilder("cuBLAS");
        try (Arena cells = Arena.ofConfined()) {
            MemorySegment cell = cells.allocate(ValueLayout.JAVA_INT);
            for (int part : VERSION_PARTS) {
                check(cublas.getProperty(part, cell.address()), "cublasGetProperty");
                text.append(part == 0 ? ' ' : '.').append(cell.get(ValueLayout.JAVA_INT, 0));
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            check(cublas.destroy(handle), "cublasDestroy");
            arena.close();
        }
    }

    private void check(int status, String function) {
        if (status != SUCCESS) {
            throw new IllegalStateException(function + " returned " + status + ": " + cublas.getStatusString(status));
        }
    }
}
