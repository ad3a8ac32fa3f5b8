/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.Cublas;
import dev.convoy.bindings.CublasFunction;
import dev.convoy.bindings.NativeMemory;

/** cuBLAS through the Foreign Function and Memory API. */
record FfmCublas(FunctionTable table) implements Cublas, LinkedLibrary {
    static FfmCublas link(DynamicLibrary library) {
        return new FfmCublas(new FunctionTable(library, CublasFunction.values()));
    }

    @Override
    public int create(long handleOut) {
        try {
            return (int) table.handle(CublasFunction.CREATE).invokeExact(handleOut);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int destroy(long handle) {
        try {
            return (int) table.handle(CublasFunction.DESTROY).invokeExact(handle);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int setStream(long handle, long stream) {
        try {
            return (int) table.handle(CublasFunction.SET_STREAM).invokeExact(handle, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int getProperty(int type, long value) {
        try {
            return (int) table.handle(CublasFunction.GET_PROPERTY).invokeExact(type, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public String getStatusString(int status) {
        try {
            return NativeMemory.text(
                    (long) table.handle(CublasFunction.GET_STATUS_STRING).invokeExact(status));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int sgemm(
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
            int ldc) {
        try {
            return (int) table.handle(CublasFunction.SGEMM)
                    .invokeExact(handle, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
