/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.CommunicatorRevokedException;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Operation;
import dev.convoy.ReduceOp;
import dev.convoy.Stream;
import dev.convoy.UniqueId;
import dev.convoy.bindings.Posix;
import dev.convoy.fault.control.MessageCodec;
import dev.convoy.fault.control.ProtocolException;
import dev.convoy.fault.detect.FlightRecorder;
import dev.convoy.fault.inject.FaultInjector;
import dev.convoy.fault.jfr.RecoveryRecording;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.FailureHistory;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import dev.convoy.fault.snapshot.DamagedTransferException;
import dev.convoy.fault.snapshot.Membership;
import java.util.List;

/**
 * Goes through a recovery once, alone and on a few bytes, before training begins: every class on that path is loaded
 * and every native call linked while nobody waits for it. The first link of a native call costs tens of milliseconds.
 */
final class Rehearsal {
    private static final int ELEMENTS = 64;
    private static final RestorePlan PLAN =
            new RestorePlan(new Version(1, 0), 1, new int[] {0}, 0, new boolean[] {true});

    private final LaunchEnvironment environment;
    private final CommunicatorOptions options;
    private final Device device;
    private final Stream stream;

    Rehearsal(LaunchEnvironment environment, CommunicatorOptions options, Device device, Stream stream) {
        this.environment = environment;
        this.options = options.withName("rehearsal");
        this.device = device;
        this.stream = stream;
    }

    void run() {
        Membership[] present = new Membership[1];
        try (StateRegistry states = new StateRegistry(device, stream, options.deadline(), () -> present[0])) {
            present[0] = alone(1);
            states.addBuffer("buffer", DataType.FLOAT32, ELEMENTS);
            states.addShard("shard", DataType.FLOAT32, ELEMENTS, (offset, shard) -> {});
            states.addHost("ledger", new SampleLedger(ELEMENTS));
            try (SnapshotKeeper snapshots = new SnapshotKeeper(
                    environment.withoutStateDirectory(),
                    ElasticOptions.defaults(),
                    0,
                    states,
                    device,
                    stream,
                    m -> {},
                    (e, f) -> {})) {
                snapshots.restore(present[0], RestorePlan.initial(), FailureHistory.NONE);
                snapshots.take(present[0], 0, false);
                operations(present[0].communicator());
                fail(present[0].communicator());
                converse(snapshots);
                present[0] = alone(2);
                snapshots.restore(present[0], PLAN, FailureHistory.NONE);
                snapshots.take(present[0], 0, false);
                present[0].communicator().close();
            }
        }
    }

    private Membership alone(long epoch) {
        UniqueId id = UniqueId.create(device.runtime());
        return new Membership(epoch, 0, 1, Communicator.init(device, id, 1, 0, options.withEpoch(epoch)));
    }

    private void operations(Communicator communicator) {
        try (DeviceBuffer one = device.allocatePinned(DataType.UINT8, ELEMENTS);
                DeviceBuffer other = device.allocatePinned(DataType.UINT8, ELEMENTS);
                DeviceBuffer sum = device.allocate(DataType.INT64, 1)) {
            communicator.allReduce(sum, ReduceOp.SUM, stream).await();
            communicator.failedRanks();
            communicator.asyncError();
            try (var _ = communicator.group()) {
                communicator.send(one, 0, stream);
                communicator.recv(other, 0, stream);
            }
            communicator.synchronize(stream);
        }
    }

    private void fail(Communicator communicator) {
        communicator.revoke("rehearsal");
        try (DeviceBuffer sum = device.allocate(DataType.INT64, 1)) {
            communicator.allReduce(sum, ReduceOp.SUM, stream).await();
            throw new IllegalStateException("a revoked communicator went on");
        } catch (CommunicatorRevokedException expected) {
            communicator.abort();
            stream.synchronize(options.deadline());
        }
    }

    // The records of a recovery, and what this rank does on them; nobody hears it.
    private void converse(SnapshotKeeper snapshots) {
        RankControl control = new RankControl(new RankStatus(), MessageCodec::frame, (s, r) -> {}, options.deadline());
        FlightRecorder recorder = new FlightRecorder();
        recorder.record(0, 0, 1, 1, Operation.ALL_REDUCE, DataType.FLOAT32, 1, 0);
        new Suspicions(control, new RankStatus(), recorder, OnDivergence.END)
                .report(1, new DamagedTransferException("rehearsal"));
        FlightReports flights = new FlightReports(recorder, new RankStatus(), control, 1);
        control.reportFlights(flights);
        control.guard(1, reason -> {});
        hear(control, new CoordinatorMessage.Probe(1));
        hear(control, new CoordinatorMessage.Revoke(2, "rehearsal", true));
        control.awaitRevoke(1);
        control.send(new RankMessage.Aborted(
                2,
                0,
                0,
                snapshots.slots().inventory(damage -> {}),
                snapshots.slots().committed(),
                new byte[UniqueId.SIZE]));
        hear(control, new CoordinatorMessage.EpochStart(2, List.of(environment.self()), new byte[UniqueId.SIZE], PLAN));
        control.awaitAgreement(2);
        hear(control, new CoordinatorMessage.Release(2));
        control.awaitRelease(2);
        flights.sendKept();
        RecoveryRecording.begin("rehearsal");
        new FaultInjector(0, List.of(), new SelfInflicted(control, () -> {})).atPhase(FaultSpec.Phase.ABORT);
        if (!environment.faults().isEmpty()) {
            // What is injected shall come as suddenly as what it stands for.
            Posix.kill((int) ProcessHandle.current().pid(), 0);
        }
    }

    private static void hear(RankControl control, CoordinatorMessage message) {
        try {
            control.receive((CoordinatorMessage) MessageCodec.decode(MessageCodec.encode(message)));
        } catch (ProtocolException e) {
            throw new IllegalStateException("a record could not be read back: " + message, e);
        }
    }
}
