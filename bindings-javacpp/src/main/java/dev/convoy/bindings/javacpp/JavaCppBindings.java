/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import dev.convoy.bindings.Binding;
import dev.convoy.bindings.BindingProvider;
import dev.convoy.bindings.CudaDriver;
import dev.convoy.bindings.LibraryRefusedException;
import dev.convoy.bindings.ffm.DynamicLibrary;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.javacpp.Loader;

/** Loads JavaCPP's bindings. A process has them once, so they are of one library for good. */
public final class JavaCppBindings implements BindingProvider {
    private static final String NCCL = "libnccl.so.2";
    private static final String CUDART = "libcudart.so.13";
    private static final String DRIVER = "libcuda.so.1";
    private static final Object LOCK = new Object();

    /** What they were loaded for; null before that. */
    private static Optional<Path> loadedFor;

    /** Called by {@link java.util.ServiceLoader}. */
    public JavaCppBindings() {}

    @Override
    public Binding binding() {
        return Binding.JAVACPP;
    }

    @Override
    public Tables open(Optional<Path> host) throws LibraryRefusedException {
        synchronized (LOCK) {
            load(host);
            String file = host.map(Path::toString).orElse(NCCL);
            DynamicLibrary nccl = DynamicLibrary.open(file);
            DynamicLibrary cuda = host.isPresent() ? nccl : DynamicLibrary.open(CUDART);
            return new Tables(new JavaCppNccl(nccl), new JavaCppCuda(cuda), nccl.fileOf("ncclGetVersion"));
        }
    }

    @Override
    public CudaDriver openDriver() throws LibraryRefusedException {
        synchronized (LOCK) {
            if (loadedFor == null) {
                load(Optional.empty());
            }
            if (loadedFor.isPresent()) {
                throw new LibraryRefusedException("the host runtime stands in for CUDA, and it has no driver");
            }
            return new JavaCppCudaDriver(DynamicLibrary.open(DRIVER));
        }
    }

    private static void load(Optional<Path> host) throws LibraryRefusedException {
        if (loadedFor != null) {
            if (!loadedFor.equals(host)) {
                throw new LibraryRefusedException("JavaCPP's bindings call " + name(loadedFor)
                        + " already, and a process has them once: they cannot call " + name(host));
            }
            return;
        }
        if (host.isPresent()) {
            HostPlacement.place(host.get());
        } else {
            // Without it, the classes below fail to load, and could not be loaded for the host runtime afterwards.
            DynamicLibrary.open(DRIVER);
        }
        try {
            Loader.load(cudart.class);
            Loader.load(nccl.class);
        } catch (LinkageError e) {
            throw new LibraryRefusedException("JavaCPP's bindings do not load: " + innermost(e));
        }
        loadedFor = host;
    }

    private static String name(Optional<Path> host) {
        return host.map(Path::toString).orElse("NVIDIA's libraries");
    }

    private static Throwable innermost(Throwable thrown) {
        return thrown.getCause() == null ? thrown : innermost(thrown.getCause());
    }
}
