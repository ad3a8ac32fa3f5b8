/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.NativeMemory;
import java.util.HashSet;
import java.util.Set;

/**
 * The graphs of a communicator. Its end frees them first: NCCL waits there until every graph that holds one of its
 * operations is gone.
 */
final class Graphs {
    /** {@code cudaStreamCaptureModeThreadLocal}: other threads, NCCL's among them, may do what a capture forbids. */
    private static final int THREAD_LOCAL = 1;

    private final Device device;
    private final Set<Executable> executables = new HashSet<>();

    /** The stream whose work is being recorded, or null; of the thread that drives the communicator. */
    private Stream capturing;

    Graphs(Device device) {
        this.device = device;
    }

    /** A recorded graph, ready to be launched. */
    static final class Executable {
        private final Graphs graphs;
        private final long handle;
        private final Lifetime lifetime = new Lifetime();

        private Executable(Graphs graphs, long handle) {
            this.graphs = graphs;
            this.handle = handle;
        }

        long handle(Object owner) {
            lifetime.check(owner);
            return handle;
        }

        /** Frees it once what was launched of it is done; does not wait. */
        void close() {
            synchronized (graphs) {
                graphs.executables.remove(this);
            }
            if (lifetime.end()) {
                graphs.device.makeCurrent();
                graphs.check(graphs.cuda().graphExecDestroy(handle), "cudaGraphExecDestroy");
            }
        }
    }

    boolean isCapturing() {
        return capturing != null;
    }

    /** Throws if something else is being recorded: what is not in the graph would be done at once, and never again. */
    void requireCapturing(Stream stream) {
        if (capturing != null && capturing != stream) {
            throw new IllegalStateException(capturing + " is being recorded, and " + stream + " is another");
        }
    }

    void requireNoCapture() {
        if (capturing != null) {
            throw new IllegalStateException(capturing + " is being recorded: a graph in a graph is not supported");
        }
    }

    Executable capture(Stream stream, Runnable operations) {
        requireNoCapture();
        device.makeCurrent();
        check(cuda().streamBeginCapture(stream.handle(), THREAD_LOCAL), "cudaStreamBeginCapture");
        capturing = stream;
        try {
            operations.run();
        } catch (RuntimeException | Error e) {
            discard(stream);
            throw e;
        }
        return instantiated(end(stream));
    }

    private void discard(Stream stream) {
        try {
            long graph = end(stream);
            check(cuda().graphDestroy(graph), "cudaGraphDestroy");
        } catch (LibraryException e) {
            // A capture that was broken off has no graph; why it was is being thrown already.
        }
    }

    private long end(Stream stream) {
        capturing = null;
        device.makeCurrent();
        NativeCells cells = NativeCells.ofThread();
        cells.clear();
        check(cuda().streamEndCapture(stream.handle(), cells.first()), "cudaStreamEndCapture");
        return NativeMemory.longAt(cells.first());
    }

    private Executable instantiated(long graph) {
        NativeCells cells = NativeCells.ofThread();
        int made = cuda().graphInstantiateWithFlags(cells.first(), graph, 0);
        long handle = cells.firstLong();
        check(cuda().graphDestroy(graph), "cudaGraphDestroy");
        check(made, "cudaGraphInstantiateWithFlags");
        Executable executable = new Executable(this, handle);
        synchronized (this) {
            executables.add(executable);
        }
        return executable;
    }

    /** Frees all of them. */
    void close() {
        Set<Executable> all;
        synchronized (this) {
            all = Set.copyOf(executables);
        }
        all.forEach(Executable::close);
    }

    private Cuda cuda() {
        return device.natives().cuda();
    }

    private void check(int status, String function) {
        device.status().checkCuda(status, function);
    }
}
