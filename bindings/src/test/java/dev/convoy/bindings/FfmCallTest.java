/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import java.nio.file.Path;

/** {@link CallContract} by the Foreign Function and Memory API. */
class FfmCallTest extends CallContract {
    @Override
    protected Tables open(Path file) throws LibraryRefusedException {
        DynamicLibrary library = DynamicLibrary.open(file.toString());
        return new Tables(
                FfmLibraries.nccl(library),
                FfmLibraries.cuda(library),
                FfmLibraries.cudaDriver(library),
                FfmLibraries.hostExtensions(library));
    }

    @Override
    protected Binding binding() {
        return Binding.FFM;
    }

    @Override
    protected int newest() {
        return 2_30_07;
    }
}
