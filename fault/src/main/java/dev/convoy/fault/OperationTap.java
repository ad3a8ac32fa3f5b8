/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.DataType;
import dev.convoy.Operation;
import dev.convoy.OperationObserver;
import dev.convoy.fault.detect.FlightRecorder;
import dev.convoy.fault.inject.FaultInjector;
import dev.convoy.fault.jfr.CollectiveEvents;
import dev.convoy.fault.protocol.RankMessage;

/**
 * Sees every operation before it is enqueued: keeps the flight record, and at a step's first operation fires the faults
 * of that step and looks at how long this rank needed to get there.
 */
final class OperationTap implements OperationObserver {
    private final FlightRecorder recorder;
    private final FaultInjector injector;
    private final StragglerWatch stragglers;
    private final StepDeadline deadline;
    private final RankControl control;
    private final RankStatus status;
    private final CollectiveEvents events = new CollectiveEvents();
    private boolean awaitsFirst;
    private long beganNs;

    OperationTap(
            FlightRecorder recorder,
            FaultInjector injector,
            StragglerWatch stragglers,
            StepDeadline deadline,
            RankControl control,
            RankStatus status) {
        this.recorder = recorder;
        this.injector = injector;
        this.stragglers = stragglers;
        this.deadline = deadline;
        this.control = control;
        this.status = status;
    }

    /** The steps of another group are about to begin. */
    void epochBegins() {
        deadline.epochBegins();
    }

    /** The step function is about to be called. */
    void stepBegins() {
        awaitsFirst = true;
        beganNs = System.nanoTime();
        deadline.stepBegins(beganNs);
    }

    /** The step function has returned; a step without any operation is caught up on here. */
    void stepEnds() {
        if (awaitsFirst) {
            first();
        }
    }

    /** The step function threw. */
    void stepFailed() {
        deadline.stepFailed();
        awaitsFirst = false;
    }

    /** Everything that was enqueued has been waited for. */
    void stepCompleted() {
        long now = System.nanoTime();
        deadline.stepCompleted(now);
        long epoch = status.epoch();
        long completed = status.completed();
        recorder.completed(epoch, completed, now);
        events.completed(epoch, completed);
    }

    @Override
    public void beforeEnqueue(Operation operation, long sequence, long count, DataType type) {
        if (awaitsFirst) {
            first();
        }
        // Last: a rank that an injected fault holds up has not come this far.
        long collective = status.enqueues(operation);
        long epoch = status.epoch();
        long now = System.nanoTime();
        long completed = status.completed();
        recorder.completed(epoch, completed, now);
        events.completed(epoch, completed);
        events.enqueued(operation, type, count, epoch, status.step(), sequence);
        recorder.record(epoch, status.step(), sequence, collective, operation, type, count, now);
    }

    private void first() {
        awaitsFirst = false;
        long step = status.step();
        injector.atStep(step);
        long ownNs = System.nanoTime() - beganNs;
        status.ownTime(ownNs);
        stragglers.reached(step, ownNs).ifPresent(warning -> control.send(new RankMessage.Warning(warning)));
    }
}
