/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** What one function must do, with a result that is looked at and an error that is provoked. */
@FunctionalInterface
interface ContractCase {
    void check(NativeRuntime runtime);
}
