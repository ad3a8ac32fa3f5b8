/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** For steps that are all to be tried, whichever of them fails. */
final class Failures {
    private Failures() {}

    /** The first failure, which is thrown in the end, with the next one attached to it. */
    static RuntimeException join(RuntimeException first, RuntimeException next) {
        if (first == null) {
            return next;
        }
        if (first != next) {
            first.addSuppressed(next);
        }
        return first;
    }
}
