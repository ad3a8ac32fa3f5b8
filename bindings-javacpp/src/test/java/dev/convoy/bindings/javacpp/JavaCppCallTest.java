/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import dev.convoy.bindings.Binding;
import dev.convoy.bindings.BindingProvider;
import dev.convoy.bindings.CallContract;
import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** {@link CallContract} by JavaCPP, in a process of its own. */
@Tag("recorder")
class JavaCppCallTest extends CallContract {
    @Override
    protected Tables open(Path file) throws Exception {
        DynamicLibrary library = DynamicLibrary.open(file.toString());
        BindingProvider.Tables tables = new JavaCppBindings().open(Optional.of(file));
        // JavaCPP knows nothing of the host runtime's extensions; they are called as ever.
        return new Tables(
                tables.nccl(), tables.cuda(), new JavaCppCudaDriver(library), FfmLibraries.hostExtensions(library));
    }

    @Override
    protected Binding binding() {
        return Binding.JAVACPP;
    }

    @Override
    protected int newest() {
        return 2_29_03;
    }
}
