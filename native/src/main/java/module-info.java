/* SPDX-License-Identifier: Apache-2.0 */
/** Carries the native libraries as resources, found by {@code dev.convoy.bindings}; there is no Java in it. */
module dev.convoy.natives {}
