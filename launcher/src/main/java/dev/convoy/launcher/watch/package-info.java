/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a person learns of a running job: flight records and what they mean, metrics, the page. Nothing here decides
 * anything, and nothing of it runs while a recovery is under way.
 */
package dev.convoy.launcher.watch;
