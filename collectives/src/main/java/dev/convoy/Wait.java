/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.HostExtensions;
import java.time.Duration;

/** Conditions of the device that can be waited for, natively where the library helps. */
final class Wait {
    /** How long a native wait may sleep before the wait looks at what else may have happened. */
    static final long SLICE_NANOS = 1_000_000;

    private Wait() {}

    /** A stream has no work left. */
    static Condition forStream(Stream stream) {
        Device device = stream.device();
        HostExtensions extensions = device.natives().extensions().orElse(null);
        Cuda cuda = device.natives().cuda();
        StreamCounters counters = stream.counters();
        return new Condition(device, "cudaStreamQuery") {
            @Override
            int poll(long maxNanos) {
                long handle = stream.handle();
                if (counters.tellDrained()) {
                    return Status.SUCCESS;
                }
                return extensions == null || maxNanos == 0
                        ? cuda.streamQuery(handle)
                        : extensions.streamWait(handle, maxNanos);
            }
        };
    }

    /** An event is reached. */
    static Condition forEvent(Event event) {
        Device device = event.device();
        HostExtensions extensions = device.natives().extensions().orElse(null);
        Cuda cuda = device.natives().cuda();
        return new Condition(device, "cudaEventQuery") {
            @Override
            int poll(long maxNanos) {
                return extensions == null || maxNanos == 0
                        ? cuda.eventQuery(event.handle())
                        : extensions.eventWait(event.handle(), maxNanos);
            }
        };
    }

    /** Something that holds at some time and from then on. */
    abstract static class Condition extends Awaitable {
        private final Device device;
        private final String function;

        Condition(Device device, String function) {
            this.device = device;
            this.function = function;
        }

        /** The status after at most that time; 0 asks only. */
        abstract int poll(long maxNanos);

        /** Whether it holds, after waiting for at most that time where the library can, else at once. */
        final boolean holds(long maxNanos) {
            int status = poll(maxNanos);
            if (status == Status.SUCCESS) {
                return true;
            }
            if (status != Status.CUDA_NOT_READY) {
                device.status().checkCuda(status, function);
            } else if (device.natives().extensions().isEmpty()) {
                // CUDA notes "not ready" as the thread's last error, which other code takes for its own kernel's.
                device.natives().cuda().getLastError();
            }
            return false;
        }

        /**
         * Whether it holds, after a short wait. A native wait returns early when a communicator has failed, and so it
         * would again and again: then, as where there is none, the rest of the time is passed here.
         */
        @Override
        final boolean holdsSoon(int round) {
            if (round == 0) {
                return holds(SLICE_NANOS);
            }
            long start = System.nanoTime();
            boolean holds = holds(SLICE_NANOS);
            if (!holds && System.nanoTime() - start < SLICE_NANOS / 2) {
                Backoff.pause(round);
            }
            return holds;
        }

        /** Whether it holds within the bound. */
        final boolean await(Duration bound) {
            if (holdsSoon(0)) {
                return true;
            }
            long deadline = Deadline.after(bound);
            int round = 1;
            while (!holdsSoon(round++)) {
                if (Deadline.remaining(deadline) <= 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
