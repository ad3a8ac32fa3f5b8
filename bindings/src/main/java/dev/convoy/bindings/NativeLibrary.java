/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.util.Set;

/** What the function tables of all libraries have in common. */
public interface NativeLibrary {
    /**
     * Tells whether the loaded library has a function.
     *
     * @param function the C name, such as {@code ncclCommShrink}
     * @return whether a call of it reaches the library; otherwise it throws {@link UnsupportedOperationException}
     */
    boolean supports(String function);

    /**
     * The functions that the loaded library has, of those bound here.
     *
     * @return C names in alphabetical order
     */
    Set<String> functions();
}
