/* SPDX-License-Identifier: Apache-2.0 */
/** Products of matrices that lie in a device's memory: by cuBLAS on a GPU, in Java elsewhere. */
package dev.convoy.samples.products;
