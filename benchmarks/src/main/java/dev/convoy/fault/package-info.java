/* SPDX-License-Identifier: Apache-2.0 */
/** What benchmarks need of the fault layer that programs get by way of a group. */
package dev.convoy.fault;
