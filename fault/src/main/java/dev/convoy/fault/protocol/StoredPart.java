/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/**
 * One file of a durable version.
 *
 * @param member who wrote it
 * @param file its name in the version's folder
 * @param bytes its length
 * @param sha256 its SHA-256 in lower-case hexadecimal
 */
public record StoredPart(MemberId member, String file, long bytes, String sha256) {}
