/* SPDX-License-Identifier: Apache-2.0 */
/** Faults that a rank inflicts on itself, at a step or in a phase of a recovery. Internal to the module. */
package dev.convoy.fault.inject;
