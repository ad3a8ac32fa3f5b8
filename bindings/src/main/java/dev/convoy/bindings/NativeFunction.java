/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** A C function that is bound: a constant of the enumeration of its library's functions. */
public interface NativeFunction {
    /** Whose function it is. */
    enum Origin {
        /** NCCL; the host runtime answers to its names, too. */
        NCCL("NCCL", "ncclGetVersion"),
        /** The CUDA runtime; the host runtime answers to its names, too. */
        CUDA_RUNTIME("CUDA", "cudaRuntimeGetVersion"),
        /** The CUDA driver. */
        CUDA_DRIVER("CUDA", "cuDriverGetVersion"),
        /** cuBLAS; its version is asked of the library by name of a part, which no other has. */
        CUBLAS("cuBLAS", ""),
        /** The host runtime's extensions; their library's version is that of the NCCL that it answers to. */
        HOST("NCCL", "ncclGetVersion");

        private final String product;
        private final String versionSymbol;

        Origin(String product, String versionSymbol) {
            this.product = product;
            this.versionSymbol = versionSymbol;
        }

        /**
         * The function that tells the library's version.
         *
         * @return its C name; it takes the address of an {@code int} and returns a status
         */
        public String versionSymbol() {
            return versionSymbol;
        }

        /**
         * A version for people.
         *
         * @param code as the library tells it, such as 22903 or 13010; 0 if it did not
         * @return such as {@code NCCL 2.29.3} or {@code CUDA 13.1}
         */
        public String version(int code) {
            if (code == 0) {
                return product + " of an unknown version";
            }
            boolean nccl = product.equals("NCCL");
            String text = nccl ? NativeRuntime.versionText(code) : code / 1000 + "." + code % 1000 / 10;
            return product + " " + text;
        }
    }

    /**
     * How C declares a function.
     *
     * @param symbol see {@link NativeFunction#symbol()}
     * @param since see {@link NativeFunction#since()}
     * @param signature see {@link NativeFunction#signature()}
     */
    record Prototype(String symbol, int since, String signature) {}

    /**
     * Whose function it is.
     *
     * @return the origin
     */
    Origin origin();

    /**
     * How C declares it.
     *
     * @return its row of the table
     */
    Prototype prototype();

    /**
     * Its C name.
     *
     * @return such as {@code ncclCommShrink}
     */
    default String symbol() {
        return prototype().symbol();
    }

    /**
     * The release in which it appeared.
     *
     * @return a version code such as 22703, or 0 if every release that can be opened has it
     */
    default int since() {
        return prototype().since();
    }

    /**
     * The types of its parameters, then that of its result: {@code I} is 32 bits wide, {@code L} 64, {@code U} an
     * {@code ncclUniqueId} by value; as a result {@code I} is a status, {@code T} a C string and {@code V} nothing.
     *
     * @return such as {@code (LI)I}
     */
    default String signature() {
        return prototype().signature();
    }

    /**
     * Its place among the functions of its origin, from 0 on.
     *
     * @return the index
     */
    int ordinal();
}
