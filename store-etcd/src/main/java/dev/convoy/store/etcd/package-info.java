/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The agents of a job agree in etcd. Its client's jars are automatic modules that share packages, so that this one has
 * no module descriptor either and belongs on the class path.
 */
package dev.convoy.store.etcd;
