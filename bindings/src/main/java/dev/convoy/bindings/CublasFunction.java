/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** The functions of cuBLAS that are bound; every version that can be opened has them. */
public enum CublasFunction implements NativeFunction {
    /** {@code cublasCreate}. */
    CREATE("cublasCreate_v2", "(L)I"),
    /** {@code cublasDestroy}. */
    DESTROY("cublasDestroy_v2", "(L)I"),
    /** {@code cublasSetStream}. */
    SET_STREAM("cublasSetStream_v2", "(LL)I"),
    /** {@code cublasGetProperty}. */
    GET_PROPERTY("cublasGetProperty", "(IL)I"),
    /** {@code cublasGetStatusString}. */
    GET_STATUS_STRING("cublasGetStatusString", "(I)T"),
    /** {@code cublasSgemm}. */
    SGEMM("cublasSgemm_v2", "(LIIIIILLILILLI)I");

    private final Prototype prototype;

    CublasFunction(String symbol, String signature) {
        prototype = new Prototype(symbol, 0, signature);
    }

    @Override
    public Origin origin() {
        return Origin.CUBLAS;
    }

    @Override
    public Prototype prototype() {
        return prototype;
    }
}
