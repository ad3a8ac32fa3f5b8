/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.products;

import dev.convoy.bindings.Binding;
import dev.convoy.bindings.Cublas;
import dev.convoy.bindings.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/** What cuBLAS's documentation says of each call, on memory that the CPU sees. */
final class PlayedCublas implements Cublas {
    private static final long HANDLE = 5;

    int answer;

    @Override
    public int create(long handleOut) {
        NativeMemory.setLong(handleOut, HANDLE);
        return answer;
    }

    @Override
    public int destroy(long handle) {
        return answer;
    }

    @Override
    public int setStream(long handle, long stream) {
        return handle == HANDLE ? answer : 1;
    }

    @Override
    public int getProperty(int type, long value) {
        NativeMemory.view(value, Integer.BYTES).set(ValueLayout.JAVA_INT_UNALIGNED, 0, new int[] {13, 1, 2}[type]);
        return answer;
    }

    @Override
    public String getStatusString(int status) {
        return "text of " + status;
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
        for (int row = 0; row < m; row++) {
            for (int column = 0; column < n; column++) {
                float sum = 0;
                for (int i = 0; i < k; i++) {
                    sum += element(a, lda, transA == 0 ? row : i, transA == 0 ? i : row)
                            * element(b, ldb, transB == 0 ? i : column, transB == 0 ? column : i);
                }
                long at = c + Float.BYTES * ((long) column * ldc + row);
                MemorySegment cell = NativeMemory.view(at, Float.BYTES);
                float before = value(beta) == 0 ? 0 : value(beta) * value(at);
                cell.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 0, value(alpha) * sum + before);
            }
        }
        return handle == HANDLE ? answer : 1;
    }

    private static float element(long matrix, int stride, int row, int column) {
        return value(matrix + Float.BYTES * ((long) column * stride + row));
    }

    private static float value(long address) {
        return NativeMemory.view(address, Float.BYTES).get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0);
    }

    @Override
    public Binding binding() {
        return Binding.FFM;
    }

    @Override
    public boolean supports(String function) {
        return true;
    }

    @Override
    public Set<String> functions() {
        return Set.of();
    }

    @Override
    public void prepare(String function) {
        // Nothing is linked.
    }
}
