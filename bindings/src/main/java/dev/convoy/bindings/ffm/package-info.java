/* SPDX-License-Identifier: Apache-2.0 */
/** The functions of the native libraries through the Foreign Function and Memory API. */
package dev.convoy.bindings.ffm;
