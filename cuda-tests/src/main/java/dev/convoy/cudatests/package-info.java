/* SPDX-License-Identifier: Apache-2.0 */
/** What Convoy shows on a machine with a GPU: trials, each in a process of its own, and the program that runs them. */
package dev.convoy.cudatests;
