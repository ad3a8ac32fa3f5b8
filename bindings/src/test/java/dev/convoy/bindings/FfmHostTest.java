/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** {@link HostContract} by the Foreign Function and Memory API. */
class FfmHostTest extends HostContract {
    @Override
    protected Binding binding() {
        return Binding.FFM;
    }
}
