/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.util.Set;

/** What the function tables of all libraries have in common. */
public interface NativeLibrary {
    /**
     * By which way calls reach the library.
     *
     * @return the way
     */
    Binding binding();

    /**
     * Tells whether the loaded library has a function.
     *
     * @param function the C name, such as {@code ncclCommShrink}
     * @return whether a call of it reaches the library; otherwise it throws {@link AbsentFunctionException}
     */
    boolean supports(String function);

    /**
     * The functions that the loaded library has, of those bound here.
     *
     * @return C names in alphabetical order
     */
    Set<String> functions();

    /**
     * Makes a function ready to be called. Most are linked at their first call, which takes a millisecond or two then;
     * whoever must not spend it there spends it here. Nothing happens where the function is absent or not bound.
     *
     * @param function the C name
     */
    void prepare(String function);
}
