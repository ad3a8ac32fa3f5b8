/* SPDX-License-Identifier: Apache-2.0 */
/**
 * NCCL's collectives for the JVM: communicators, device buffers, streams, deadlines and typed errors.
 *
 * <p>Start at {@link dev.convoy.ConvoyRuntime}.
 */
module dev.convoy {
    requires dev.convoy.bindings;

    exports dev.convoy;
}
