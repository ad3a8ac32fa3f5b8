/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.ranks;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;

/** A rank with what every collective needs: a part, and a whole of a part for each rank, for sending and receiving. */
public final class Rank implements AutoCloseable {
    private final Communicator communicator;
    private final Stream stream;
    private final DeviceBuffer part;
    private final DeviceBuffer whole;
    private final DeviceBuffer otherPart;
    private final DeviceBuffer otherWhole;

    /** Allocates buffers whose parts have so many floats. */
    public Rank(Communicator communicator, long count) {
        Device device = communicator.device();
        this.communicator = communicator;
        stream = device.newStream();
        part = device.allocate(DataType.FLOAT32, count);
        otherPart = device.allocate(DataType.FLOAT32, count);
        whole = device.allocate(DataType.FLOAT32, count * communicator.worldSize());
        otherWhole = device.allocate(DataType.FLOAT32, count * communicator.worldSize());
    }

    /** The communicator. */
    public Communicator communicator() {
        return communicator;
    }

    /** The rank's own stream. */
    public Stream stream() {
        return stream;
    }

    /** Elements of one rank. */
    public DeviceBuffer part() {
        return part;
    }

    /** As many, for the result. */
    public DeviceBuffer otherPart() {
        return otherPart;
    }

    /** Elements of all ranks. */
    public DeviceBuffer whole() {
        return whole;
    }

    /** As many, for the result. */
    public DeviceBuffer otherWhole() {
        return otherWhole;
    }

    /** Frees everything, also when an operation is still under way. */
    @Override
    public void close() {
        communicator.abort();
        stream.close();
        part.close();
        otherPart.close();
        whole.close();
        otherWhole.close();
    }
}
