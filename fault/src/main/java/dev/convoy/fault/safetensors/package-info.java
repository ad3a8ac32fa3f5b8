/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The file format of durable state: an 8-byte little-endian length, a JSON header of that length, and the tensors'
 * bytes without a hole between them. Whoever reads safetensors reads these files.
 */
package dev.convoy.fault.safetensors;
