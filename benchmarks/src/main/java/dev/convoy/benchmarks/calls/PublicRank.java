/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.calls;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import java.util.List;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The same as {@link OneRank}, through the public API. */
@State(Scope.Thread)
public class PublicRank {
    Communicator communicator;
    Stream stream;
    DeviceBuffer send;
    DeviceBuffer receive;

    /** Makes the communicator. */
    @Setup(Level.Trial)
    public void begin() {
        Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
        communicator = Communicator.initAll(List.of(device), CommunicatorOptions.defaults())
                .getFirst();
        stream = device.newStream();
        send = device.allocate(DataType.FLOAT32, OneRank.COUNT);
        receive = device.allocate(DataType.FLOAT32, OneRank.COUNT);
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void end() {
        communicator.close();
        stream.close();
        send.close();
        receive.close();
    }
}
