/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Collective communication between the ranks of a job, on device buffers, through NCCL or Convoy's own host runtime.
 *
 * <pre>{@code
 * try (var runtime = ConvoyRuntime.open()) {
 *     Device device = runtime.device(0);
 *     try (var stream = device.newStream();
 *             var gradients = device.allocate(DataType.FLOAT32, 1 << 20);
 *             var communicator = Communicator.init(device, id, worldSize, rank, CommunicatorOptions.defaults())) {
 *         gradients.copyFrom(values);
 *         communicator.allReduce(gradients, ReduceOp.SUM, stream).await();
 *         gradients.copyTo(values);
 *     }
 * }
 * }</pre>
 *
 * <p><b>Asynchrony.</b> A collective is enqueued on a {@link dev.convoy.Stream} and returns a {@link dev.convoy.Work}.
 * Copies that take a stream keep its order; {@code copyFrom} and {@code copyTo} act at once and see no stream: await
 * the work before.
 *
 * <p><b>Threads.</b> A communicator, and the streams that it works on, are driven by one platform thread at a time;
 * another thread that enters is told so. {@link dev.convoy.Communicator#revoke(String)} is for every thread. Native
 * work occupies its carrier, so it does not belong on virtual threads.
 *
 * <p><b>Errors.</b> All are unchecked. A {@link dev.convoy.CommunicatorException} means that the communicator is lost
 * or out of its deadline: abort it, whatever it wrote is undefined. Everything else is a mistake in the call or a
 * machine without means.
 *
 * <p><b>Bounds.</b> No call waits for ever: forming, operations and the end of a communicator have deadlines.
 * Interruption ends no wait, and is kept for the caller: {@link dev.convoy.Communicator#revoke(String)} ends waits.
 */
package dev.convoy;
