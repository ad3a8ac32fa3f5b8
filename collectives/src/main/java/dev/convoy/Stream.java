/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;

/**
 * An order in which a device does its work: what is given to a stream happens one after the other.
 *
 * <p>To wait for collectives, use {@link Work#await()} or {@link Communicator#synchronize(Stream)}, which notice when a
 * rank is lost; a stream by itself only notices that it is late.
 *
 * <p>All threads may use it; whoever closes it sees to it that no other thread is about to.
 */
public final class Stream implements AutoCloseable {
    private final Device device;
    private final long handle;
    private final boolean owned;
    private final Lifetime lifetime = new Lifetime();
    private final StreamCounters counters;
    private final Wait.Condition drained;

    Stream(Device device, long handle, boolean owned) {
        this.device = device;
        this.handle = handle;
        this.owned = owned;
        this.counters = StreamCounters.of(device, handle);
        this.drained = Wait.forStream(this);
    }

    /**
     * The device that works on it.
     *
     * @return the device
     */
    public Device device() {
        return device;
    }

    /**
     * The {@code cudaStream_t}, for other libraries.
     *
     * @return its address
     * @throws IllegalStateException if the stream is closed
     */
    public long handle() {
        lifetime.check(this);
        return handle;
    }

    /**
     * Tells whether everything given so far is done.
     *
     * @return whether the stream has nothing left
     */
    public boolean isIdle() {
        return drained.holds(0);
    }

    /**
     * Waits until everything given so far is done, within a bound.
     *
     * @param deadline the bound
     * @throws DeviceTimeoutException if it takes longer
     */
    public void synchronize(Duration deadline) {
        if (!drained.await(deadline)) {
            throw new DeviceTimeoutException(toString(), deadline);
        }
    }

    /**
     * Makes later work of this stream wait for what an event captured, on whichever stream that was.
     *
     * @param event the event; if it was never recorded, nothing waits
     */
    public void waitFor(Event event) {
        device.makeCurrent();
        int status = device.natives().cuda().streamWaitEvent(handle(), event.handle(), 0);
        device.status().checkCuda(status, "cudaStreamWaitEvent");
    }

    /** Closes it; work given before is still done. Later calls do nothing. */
    @Override
    public void close() {
        if (lifetime.end() && owned) {
            device.makeCurrent();
            device.status().checkCuda(device.natives().cuda().streamDestroy(handle), "cudaStreamDestroy");
        }
    }

    StreamCounters counters() {
        return counters;
    }

    Wait.Condition drained() {
        return drained;
    }

    @Override
    public String toString() {
        return "Stream[0x" + Long.toHexString(handle) + " of " + device + "]";
    }
}
