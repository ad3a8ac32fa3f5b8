/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Events of the JDK's flight recorder: collectives, snapshots, recoveries. All are off unless a recording asks for
 * them, except recoveries, which are rare. The classes are loaded when the first one is needed.
 */
package dev.convoy.fault.jfr;
