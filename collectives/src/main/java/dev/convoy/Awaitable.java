/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** Something that comes to hold. A class, not an interface, so that a public one can be it without showing it. */
abstract class Awaitable {
    Awaitable() {}

    /** Whether it holds, after a short wait in the given round of a longer one; the first round is 0. */
    abstract boolean holdsSoon(int round);
}
