/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import java.util.List;
import java.util.Optional;

/** Finds NVIDIA's libraries where the system's loader does, or where a property says. */
final class CudaSearch {
    private static final List<String> CUDART = List.of("libcudart.so.13", "libcudart.so.12", "libcudart.so");
    private static final List<String> NCCL = List.of("libnccl.so.2", "libnccl.so");

    private final LibrarySearch search = new LibrarySearch();

    RuntimeProbe probe() {
        Optional<Cuda> cuda = cudart(names("convoy.cudart.library", CUDART));
        if (cuda.isEmpty()) {
            return unavailable("no CUDA runtime with a device: " + search.refusals());
        }
        Optional<DynamicLibrary> nccl = search.firstOf(names("convoy.nccl.library", NCCL), "ncclGetVersion");
        if (nccl.isEmpty()) {
            return unavailable("no NCCL: " + search.refusals());
        }
        String file = search.attempts().getLast().detail();
        return open(FfmLibraries.nccl(nccl.get()), cuda.get(), file);
    }

    /** The first that sees a device: a newer runtime may be there for which the driver is too old. */
    private Optional<Cuda> cudart(List<String> names) {
        for (String name : names) {
            Optional<DynamicLibrary> library = search.firstOf(List.of(name), "cudaGetDeviceCount");
            if (library.isEmpty()) {
                continue;
            }
            Cuda cuda = FfmLibraries.cuda(library.get());
            Optional<String> objection = LoadedVersion.checkDevices(cuda);
            if (objection.isEmpty()) {
                return Optional.of(cuda);
            }
            search.refused(name, name + ": " + objection.get());
        }
        return Optional.empty();
    }

    private RuntimeProbe open(Nccl nccl, Cuda cuda, String file) {
        Optional<String> objection = LoadedVersion.check(nccl, cuda);
        if (objection.isPresent()) {
            return unavailable(objection.get());
        }
        NativeRuntime runtime = new NativeRuntime(
                Kind.CUDA, nccl, cuda, Optional.empty(), file, LoadedVersion.of(nccl), LoadedVersion.deviceCount(cuda));
        return new RuntimeProbe(Kind.CUDA, Optional.of(runtime), "", search.attempts());
    }

    private static List<String> names(String property, List<String> usual) {
        String file = System.getProperty(property);
        return file == null ? usual : List.of(file);
    }

    private RuntimeProbe unavailable(String reason) {
        return new RuntimeProbe(Kind.CUDA, Optional.empty(), reason, search.attempts());
    }
}
