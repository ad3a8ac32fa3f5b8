/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/**
 * Operations of a communicator that were recorded once and are done by one call, again and again; see
 * {@link Communicator#capture(Stream, Runnable)}.
 *
 * <pre>{@code
 * try (Graph step = communicator.capture(stream, () -> {
 *     communicator.reduceScatter(gradients, shard, ReduceOp.SUM, stream);
 *     communicator.allGather(shard, weights, stream);
 * })) {
 *     step.launch(stream).await();
 * }
 * }</pre>
 *
 * <p>It belongs to its communicator, whose end frees it, and to the thread that drives the communicator.
 */
public final class Graph implements AutoCloseable {
    private final Communicator communicator;
    private final Graphs.Executable executable;

    Graph(Communicator communicator, Graphs.Executable executable) {
        this.communicator = communicator;
        this.executable = executable;
    }

    /**
     * Does everything that was recorded, in the order of a stream. It counts as one operation.
     *
     * @param stream the order in which it is done; need not be the one that was recorded
     * @return the work, to be awaited
     * @throws IllegalStateException if the graph is closed, or a group is open
     * @throws CommunicatorException if the communicator is lost or closed
     * @throws LibraryException if the CUDA runtime refuses it
     */
    public Work launch(Stream stream) {
        NativeCommunicator natives = communicator.communicator();
        communicator.arguments().noGroup(Operation.GRAPH_LAUNCH);
        long queue = communicator.arguments().stream(stream);
        natives.graphs().requireNoCapture();
        natives.requireUsable(Operation.GRAPH_LAUNCH);
        long handle = executable.handle(this);
        long sequence = communicator.begin(Operation.GRAPH_LAUNCH, 0, null);
        try {
            int status = natives.device().natives().cuda().graphLaunch(handle, queue);
            if (status != Status.SUCCESS) {
                throw natives.refusedByCuda(status, "cudaGraphLaunch", Operation.GRAPH_LAUNCH, sequence);
            }
            return natives.issued(Operation.GRAPH_LAUNCH, sequence, status, stream);
        } finally {
            natives.leave();
        }
    }

    /** Frees it once what was launched of it is done; does not wait. Later calls do nothing. */
    @Override
    public void close() {
        executable.close();
    }

    @Override
    public String toString() {
        return "Graph[of " + communicator + "]";
    }
}
