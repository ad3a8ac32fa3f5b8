/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import dev.convoy.bindings.Binding;
import dev.convoy.bindings.HostContract;

/** {@link HostContract} by JavaCPP. */
class JavaCppHostTest extends HostContract {
    @Override
    protected Binding binding() {
        return Binding.JAVACPP;
    }
}
