/* SPDX-License-Identifier: Apache-2.0 */
/**
 * NCCL, the CUDA runtime and the host runtime for the JVM, one to one, and how they are found and loaded.
 *
 * <p>Not an API for applications: {@code dev.convoy} is. It is exported to Convoy's own modules only, so that it can
 * follow the C libraries without a promise of compatibility.
 */
// The modules that it is exported to are compiled after this one.
@SuppressWarnings("module")
module dev.convoy.bindings {
    // Carries libconvoy_host.so and convoy-exec as resources; required, so that it is always resolved.
    requires dev.convoy.natives;

    // The fault layer needs Posix; the launcher's doctor needs the probe and the exec helper;
    // the samples multiply by cuBLAS.
    exports dev.convoy.bindings to
            dev.convoy,
            dev.convoy.fault,
            dev.convoy.launcher,
            dev.convoy.samples,
            dev.convoy.cudatests,
            dev.convoy.bindings.javacpp;
    // Whether a library has a function must be asked of the loader by this way, too.
    exports dev.convoy.bindings.ffm to
            dev.convoy.cudatests,
            dev.convoy.bindings.javacpp;

    uses dev.convoy.bindings.BindingProvider;
}
