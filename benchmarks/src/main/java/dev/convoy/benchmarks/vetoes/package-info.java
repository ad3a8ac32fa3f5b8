/* SPDX-License-Identifier: Apache-2.0 */
/** What it costs a step that it can be vetoed. */
package dev.convoy.benchmarks.vetoes;
