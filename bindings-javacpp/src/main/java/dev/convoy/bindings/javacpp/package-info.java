/* SPDX-License-Identifier: Apache-2.0 */
/** The functions of the native libraries through JavaCPP's bindings of CUDA. */
package dev.convoy.bindings.javacpp;
