/* SPDX-License-Identifier: Apache-2.0 */
/** What is shown. */
package dev.convoy.cudatests.trials;
