/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.NativeMemory;

/**
 * How far a stream of the host runtime is, read from memory: most operations are done when the call that issued them
 * returns, and another native call to learn that would cost as much as a tenth of a small one.
 */
final class StreamCounters {
    /** Of two counters: what the stream was given, and what is done. 0 where the library does not tell. */
    private final long address;

    private StreamCounters(long address) {
        this.address = address;
    }

    /** The counters of a stream of the device. */
    static StreamCounters of(Device device, long stream) {
        var extensions = device.natives().extensions().filter(e -> e.supports("convoyStreamCounters"));
        if (extensions.isEmpty()) {
            return new StreamCounters(0);
        }
        device.makeCurrent();
        NativeCells cells = NativeCells.ofThread();
        boolean told = extensions.get().streamCounters(stream, cells.first()) == Status.SUCCESS;
        return new StreamCounters(told ? cells.firstLong() : 0);
    }

    /** Whether everything that the stream was given is known to be done; asks nobody, and moves nothing on. */
    boolean tellDrained() {
        if (address == 0) {
            return false;
        }
        long enqueued = NativeMemory.longAtAcquire(address);
        return NativeMemory.longAtAcquire(address + Long.BYTES) >= enqueued;
    }
}
