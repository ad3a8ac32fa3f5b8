/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.NativeMemory;
import java.time.Duration;

/** A point in a stream's work that can be waited for, and timed. */
public final class Event implements AutoCloseable {
    static final int WITHOUT_CLOCK = 2;

    private static final double NANOS_PER_MILLI = 1e6;

    private final Device device;
    private final long handle;
    private final Lifetime lifetime = new Lifetime();
    private final Wait.Condition reached;

    Event(Device device, long handle) {
        this.device = device;
        this.handle = handle;
        this.reached = Wait.forEvent(this);
    }

    /**
     * The device whose work it captures.
     *
     * @return the device
     */
    public Device device() {
        return device;
    }

    /**
     * Captures everything that a stream was given so far.
     *
     * @param stream the stream
     */
    public void record(Stream stream) {
        device.makeCurrent();
        int status = device.natives().cuda().eventRecord(handle(), stream.handle());
        device.status().checkCuda(status, "cudaEventRecord");
    }

    /**
     * Tells whether what was captured is done.
     *
     * @return whether it is; true before the first {@link #record(Stream)}
     */
    public boolean isDone() {
        return reached.holds(0);
    }

    /**
     * Waits until what was captured is done, within a bound.
     *
     * @param deadline the bound
     * @throws DeviceTimeoutException if it takes longer
     */
    public void synchronize(Duration deadline) {
        if (!reached.await(deadline)) {
            throw new DeviceTimeoutException(toString(), deadline);
        }
    }

    /**
     * The time between two events that are done.
     *
     * @param earlier the event before this one
     * @return the time, to about half a microsecond
     */
    public Duration elapsedSince(Event earlier) {
        NativeCells cells = NativeCells.ofThread();
        int status = device.natives().cuda().eventElapsedTime(cells.first(), earlier.handle(), handle());
        device.status().checkCuda(status, "cudaEventElapsedTime");
        return Duration.ofNanos(Math.round(Float.intBitsToFloat(NativeMemory.intAt(cells.first())) * NANOS_PER_MILLI));
    }

    /**
     * The {@code cudaEvent_t}, for other libraries.
     *
     * @return its address
     * @throws IllegalStateException if the event is closed
     */
    public long handle() {
        lifetime.check(this);
        return handle;
    }

    /** Closes it. Later calls do nothing. */
    @Override
    public void close() {
        if (lifetime.end()) {
            device.makeCurrent();
            device.status().checkCuda(device.natives().cuda().eventDestroy(handle), "cudaEventDestroy");
        }
    }

    Wait.Condition reached() {
        return reached;
    }

    @Override
    public String toString() {
        return "Event[0x" + Long.toHexString(handle) + " of " + device + "]";
    }
}
