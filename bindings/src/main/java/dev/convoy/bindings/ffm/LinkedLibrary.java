/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.NativeLibrary;
import java.util.Set;

/** A library whose functions were linked by a {@link FunctionTable}. */
interface LinkedLibrary extends NativeLibrary {
    FunctionTable table();

    @Override
    default boolean supports(String function) {
        return table().supports(function);
    }

    @Override
    default Set<String> functions() {
        return table().present();
    }
}
