/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.Binding;
import dev.convoy.bindings.NativeLibrary;
import java.util.Set;

/** A library whose functions are linked by a {@link FunctionTable}. */
interface LinkedLibrary extends NativeLibrary {
    FunctionTable table();

    @Override
    default Binding binding() {
        return Binding.FFM;
    }

    @Override
    default boolean supports(String function) {
        return table().supports(function);
    }

    @Override
    default Set<String> functions() {
        return table().present();
    }

    @Override
    default void prepare(String function) {
        table().prepare(function);
    }
}
