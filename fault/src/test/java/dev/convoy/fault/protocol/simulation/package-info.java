/* SPDX-License-Identifier: Apache-2.0 */
/** A deterministic simulator: virtual time, model ranks and a hostile schedule around the real coordinator. */
package dev.convoy.fault.protocol.simulation;
