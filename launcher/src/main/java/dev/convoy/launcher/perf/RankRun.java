/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.UniqueId;
import java.time.Duration;
import java.util.List;

/** What one rank does: every case, out of place and in place. */
final class RankRun {
    /** Processes do not start at the same moment: what they have beyond the deadline to meet. */
    private static final Duration START = Duration.ofSeconds(10);

    private final Plan plan;
    private final int rank;
    private final Device device;
    private final RankOutput output;
    private final Latencies latencies = new Latencies();

    RankRun(Plan plan, int rank, Device device, RankOutput output) {
        this.plan = plan;
        this.rank = rank;
        this.device = device;
        this.output = output;
    }

    /** Joins the communicator and measures. */
    void run(UniqueId id) {
        CommunicatorOptions options = CommunicatorOptions.defaults()
                .withName("perf")
                .withDeadline(plan.deadline())
                .withInitDeadline(plan.deadline().plus(START));
        Communicator communicator = Communicator.init(device, id, plan.ranks(), rank, options);
        try (Stream stream = device.newStream();
                Agreement agreement = new Agreement(communicator, stream)) {
            measure(communicator, stream, agreement);
            agreement.barrier();
        } catch (RuntimeException e) {
            communicator.abort();
            throw e;
        }
        communicator.close();
    }

    private void measure(Communicator communicator, Stream stream, Agreement agreement) {
        Stopwatch stopwatch = new Stopwatch(communicator, stream, plan.blocking());
        Repetitions repetitions = new Repetitions(plan, stopwatch, agreement);
        List<Case> cases = plan.cases();
        for (DataType type : plan.types()) {
            try (DeviceBuffer first = allocate(type);
                    DeviceBuffer second = allocate(type)) {
                for (Case row : cases) {
                    if (row.type() != type) {
                        continue;
                    }
                    new CasePasses(plan, row, communicator, stream, repetitions, latencies).run(first, second, output);
                }
            }
        }
    }

    private DeviceBuffer allocate(DataType type) {
        // Zeros, so that an unchecked run's numbers are not whatever was there.
        DeviceBuffer buffer = device.allocate(type, plan.largestBuffer() / type.bytes());
        Pattern.of(type, 0, buffer.count(), index -> 0).fill(buffer);
        return buffer;
    }
}
