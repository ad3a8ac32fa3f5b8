/* SPDX-License-Identifier: Apache-2.0 */
/**
 * NCCL and the CUDA runtime through JavaCPP: a second way beside the Foreign Function and Memory API, for programs that
 * use JavaCPP's CUDA bindings anyhow. It is chosen by {@code -Dconvoy.bindings=javacpp}, or when only JavaCPP finds
 * NVIDIA's libraries.
 */
module dev.convoy.bindings.javacpp {
    requires transitive dev.convoy;
    requires dev.convoy.bindings;
    requires org.bytedeco.cuda;
    requires transitive org.bytedeco.javacpp;

    exports dev.convoy.javacpp;

    provides dev.convoy.bindings.BindingProvider with
            dev.convoy.bindings.javacpp.JavaCppBindings;
}
