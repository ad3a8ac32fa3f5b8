/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** The ways by which calls reach a library. */
public enum Binding {
    /** The JDK's Foreign Function and Memory API. */
    FFM,
    /** JavaCPP's bindings of CUDA and NCCL, from the optional {@code convoy-bindings-javacpp}. */
    JAVACPP
}
