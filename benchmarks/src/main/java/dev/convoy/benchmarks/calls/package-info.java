/* SPDX-License-Identifier: Apache-2.0 */
/** What a call costs on its way from Java to the library, next to the same call from C. */
package dev.convoy.benchmarks.calls;
