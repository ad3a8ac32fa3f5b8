/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/**
 * The functions of cuBLAS that the samples use: C names without their prefix, addresses as {@code long}, statuses as
 * they are. Nothing is checked here; a handle belongs to one thread at a time.
 */
public interface Cublas extends NativeLibrary {
    /**
     * Makes a handle on the current device.
     *
     * @param handleOut address of a {@code cublasHandle_t} that receives the handle
     * @return a {@code cublasStatus_t}
     */
    int create(long handleOut);

    /**
     * Frees a handle, and waits for the device.
     *
     * @param handle the handle
     * @return a {@code cublasStatus_t}
     */
    int destroy(long handle);

    /**
     * Has later calls done in the order of a stream.
     *
     * @param handle the handle
     * @param stream the stream
     * @return a {@code cublasStatus_t}
     */
    int setStream(long handle, long stream);

    /**
     * Reads a part of the library's version, on any machine.
     *
     * @param type 0 for the major version, 1 for the minor one, 2 for the patch
     * @param value address of an {@code int} that receives it
     * @return a {@code cublasStatus_t}
     */
    int getProperty(int type, long value);

    /**
     * Describes a status.
     *
     * @param status a {@code cublasStatus_t}
     * @return the text
     */
    String getStatusString(int status);

    /**
     * Multiplies matrices of floats in the order of the handle's stream: {@code c = alpha op(a) op(b) + beta c}. They
     * lie column after column.
     *
     * @param handle the handle
     * @param transA a {@code cublasOperation_t}: 0 for {@code a} as it is, 1 for transposed
     * @param transB likewise for {@code b}
     * @param m rows of {@code op(a)} and {@code c}
     * @param n columns of {@code op(b)} and {@code c}
     * @param k columns of {@code op(a)} and rows of {@code op(b)}
     * @param alpha address of a {@code float} of the host
     * @param a address of a matrix of the device
     * @param lda elements from one column of {@code a} to the next
     * @param b address of a matrix of the device
     * @param ldb elements from one column of {@code b} to the next
     * @param beta address of a {@code float} of the host
     * @param c address of a matrix of the device
     * @param ldc elements from one column of {@code c} to the next
     * @return a {@code cublasStatus_t}
     */
    int sgemm(
            long handle,
            int transA,
            int transB,
            int m,
            int n,
            int k,
            long alpha,
            long a,
            int lda,
            long b,
            int ldb,
            long beta,
            long c,
            int ldc);
}
