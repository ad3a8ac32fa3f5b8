/* SPDX-License-Identifier: Apache-2.0 */
/** How quickly the coordinator decides. */
package dev.convoy.benchmarks.protocol;
