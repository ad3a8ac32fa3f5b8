/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorClosedException;
import dev.convoy.CommunicatorOptions;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.LibraryException;
import dev.convoy.OutOfDeviceMemoryException;
import dev.convoy.ReduceOp;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.Trial;
import java.util.List;

/** Mistakes of a program get a typed exception, and the next right call works. */
public final class WrongUseTrial implements Trial {
    private static final long MORE_THAN_ANYBODY_HAS = 1L << 46;

    private int mistakes;

    /** Made by the list of trials. */
    public WrongUseTrial() {}

    @Override
    public String name() {
        return "wrong-use";
    }

    @Override
    public String run(Bench bench) {
        Device device = bench.device();
        Communicator communicator = Communicator.initAll(List.of(device), CommunicatorOptions.defaults())
                .getFirst();
        try (Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT32, 8)) {
            buffer.copyFrom(new int[8]);
            DeviceBuffer freed = device.allocate(DataType.INT32, 8);
            freed.close();
            refused(
                    IllegalStateException.class,
                    "a freed buffer",
                    () -> communicator.allReduce(freed, ReduceOp.SUM, stream));
            refused(
                    IllegalArgumentException.class,
                    "counts that do not fit",
                    () -> communicator.allReduce(buffer, buffer.slice(0, 4), ReduceOp.SUM, stream));
            refused(
                    IllegalArgumentException.class,
                    "a root that is no rank",
                    () -> communicator.broadcast(buffer, 1, stream));
            refused(IndexOutOfBoundsException.class, "a slice beyond the end", () -> buffer.slice(4, 5));
            refused(
                    IllegalArgumentException.class,
                    "an address that is nobody's",
                    () -> device.wrap(DataType.INT32, 1, 64));
            if (bench.kind() == RuntimeKind.CUDA) {
                refused(
                        OutOfDeviceMemoryException.class,
                        "more memory than there is",
                        () -> device.allocate(DataType.INT8, MORE_THAN_ANYBODY_HAS));
            }
            communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
            Stream closed = device.newStream();
            closed.close();
            refused(
                    IllegalStateException.class,
                    "a closed stream",
                    () -> communicator.allReduce(buffer, ReduceOp.SUM, closed));
            communicator.abort();
            refused(
                    CommunicatorClosedException.class,
                    "a call after an abort",
                    () -> communicator.allReduce(buffer, ReduceOp.SUM, stream));
            afterwards(device, buffer, stream);
        } finally {
            communicator.abort();
        }
        return mistakes + " mistakes refused by typed exceptions, and the device works on";
    }

    private <T extends Throwable> void refused(Class<T> type, String what, Runnable mistake) {
        Check.throwing(type, what, mistake);
        mistakes++;
    }

    /** Nothing of this may be left behind as a status that is blamed on the next call. */
    private static void afterwards(Device device, DeviceBuffer buffer, Stream stream) throws LibraryException {
        try (Communicator fresh = Communicator.initAll(List.of(device), CommunicatorOptions.defaults())
                .getFirst()) {
            fresh.allReduce(buffer, ReduceOp.SUM, stream).await();
        }
    }
}
