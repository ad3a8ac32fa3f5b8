/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyException;
import dev.convoy.ConvoyRuntime;
import dev.convoy.Device;
import dev.convoy.Revocation;
import dev.convoy.Stream;
import dev.convoy.UniqueId;
import dev.convoy.fault.inject.FaultInjector;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.FailureHistory;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.snapshot.DurableParts;
import dev.convoy.fault.snapshot.Membership;
import dev.convoy.fault.snapshot.SlotPair;
import java.util.List;
import java.util.function.Consumer;

/**
 * This rank's part in the two rounds that make an epoch: abort and tell what lies in its memory, then build the
 * communicator of the epoch that the coordinator published. Used by the user's thread, which makes every native call.
 */
final class EpochFormation {
    private static final byte[] NO_ID = {};

    private final LaunchEnvironment environment;
    private final CommunicatorOptions options;
    private final ConvoyRuntime runtime;
    private final Device device;
    private final Stream stream;
    private final RankControl control;
    private final RankStatus status;
    private final FaultInjector injector;
    private final Suspicions suspicions;
    private final OperationTap tap;
    // Linked when it is made, not in the first recovery.
    private final Consumer<String> damaged = this::reportDamage;

    private SlotPair slots;
    private DurableParts durable;
    private Consumer<Communicator> aborter = Communicator::abort;
    private Membership members;
    private RestorePlan plan;
    private FailureHistory failures = FailureHistory.NONE;
    private long acknowledged;
    private volatile MemberId self;

    EpochFormation(
            LaunchEnvironment environment,
            CommunicatorOptions options,
            Device device,
            Stream stream,
            RankControl control,
            RankStatus status,
            FaultInjector injector,
            Suspicions suspicions,
            OperationTap tap) {
        this.environment = environment;
        this.self = environment.self();
        this.options = options;
        this.runtime = device.runtime();
        this.device = device;
        this.stream = stream;
        this.control = control;
        this.status = status;
        this.injector = injector;
        this.suspicions = suspicions;
        this.tap = tap;
    }

    /** Names where this rank's snapshots are, once there are any. */
    void offer(SnapshotKeeper snapshots) {
        slots = snapshots.slots();
        durable = snapshots.durable();
        aborter = snapshots::abort;
    }

    /** This rank's place in the present epoch, or null before the first. */
    Membership members() {
        return members;
    }

    /** What the present epoch restores. */
    RestorePlan plan() {
        return plan;
    }

    /** What the job has seen of failures. */
    FailureHistory failures() {
        return failures;
    }

    /** Who this process is; a spare learns it when it is given a place. */
    MemberId self() {
        return self;
    }

    /**
     * Takes part in the formation of epochs until one stands.
     *
     * @return whether this process is part of it; false if it had asked to leave
     */
    boolean form() {
        CoordinatorMessage.Revoke revoke = control.awaitRevoke(acknowledged);
        takePlace();
        while (true) {
            acknowledge(revoke);
            CoordinatorMessage next = control.awaitAgreement(revoke.epoch());
            while (next instanceof CoordinatorMessage.Persist request) {
                persist(request);
                next = control.awaitAgreement(revoke.epoch());
            }
            if (next instanceof CoordinatorMessage.Dismissed) {
                return false;
            }
            if (next instanceof CoordinatorMessage.EpochStart start && build(start)) {
                return true;
            }
            revoke = control.awaitRevoke(acknowledged);
        }
    }

    private void takePlace() {
        CoordinatorMessage.Assigned place = control.assigned();
        if (place != null && !place.self().equals(self)) {
            self = place.self();
            injector.assign(self.launchRank(), environment.faults(), place.firedFaults());
        }
    }

    private void acknowledge(CoordinatorMessage.Revoke revoke) {
        boolean recovery = revoke.epoch() > 1;
        if (recovery) {
            injector.atPhase(FaultSpec.Phase.ABORT);
        }
        abandon();
        long abortedNs = System.nanoTime();
        List<Holding> inventory = slots == null ? List.of() : slots.inventory(damaged);
        byte[] id = revoke.makeUniqueId() ? UniqueId.create(runtime).bytes() : NO_ID;
        acknowledged = revoke.epoch();
        control.send(new RankMessage.Aborted(
                revoke.epoch(), abortedNs, status.step(), inventory, slots == null ? null : slots.committed(), id));
        if (recovery) {
            injector.atPhase(FaultSpec.Phase.AGREE);
        }
    }

    private void reportDamage(String what) {
        control.send(new RankMessage.Warning(
                "memory was damaged: its copy of " + what + " does not have its checksum and is not used"));
    }

    /**
     * Aborts the present communicator, if there is one, and waits until nothing writes into this rank's memory any
     * more.
     */
    void abandon() {
        control.unguard();
        status.leaveCommunicator();
        if (members != null) {
            aborter.accept(members.communicator());
            stream.synchronize(options.deadline());
        }
    }

    private void persist(CoordinatorMessage.Persist request) {
        if (durable == null) {
            throw new ElasticException("this rank was asked to write snapshot " + request.version() + ", but has none");
        }
        durable.persist(request);
    }

    private boolean build(CoordinatorMessage.EpochStart start) {
        boolean recovery = start.epoch() > 1;
        if (recovery) {
            injector.atPhase(FaultSpec.Phase.REBUILD);
        }
        int rank = start.members().indexOf(self);
        if (rank < 0) {
            throw new ElasticException("epoch " + start.epoch() + " goes on without " + self);
        }
        Revocation revocation = new Revocation();
        control.guard(start.epoch(), revocation::revoke);
        try {
            Communicator communicator = Communicator.init(
                    device,
                    new UniqueId(start.uniqueId()),
                    start.members().size(),
                    rank,
                    options.withEpoch(start.epoch()).withRevocation(revocation));
            communicator.setObserver(tap);
            members = new Membership(start.epoch(), rank, start.members().size(), communicator, start.domains());
        } catch (ConvoyException e) {
            suspicions.report(start.epoch(), e);
            return false;
        }
        plan = start.plan();
        failures = start.failures();
        status.enterEpoch(start.epoch(), members.communicator());
        control.send(new RankMessage.Rebuilt(start.epoch(), System.nanoTime()));
        if (recovery) {
            injector.atPhase(FaultSpec.Phase.RESTORE);
        }
        return true;
    }
}
