/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.detect.FlightRecorder;
import dev.convoy.fault.detect.OperationRecord;
import dev.convoy.fault.protocol.RankMessage;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends this rank's last operations to the agent when something went wrong. What a revocation finds is read at once,
 * before the replayed steps overwrite it, and sent when the recovery is over: until then every CPU is wanted elsewhere.
 */
final class FlightReports {
    /** Of all ranks together; the agent keeps them in memory. */
    private static final int OPERATIONS_OF_A_JOB = 400_000;
    /** Enough to compare with the others' when a hang is diagnosed, and quick to send. */
    private static final int PROBED_OPERATIONS = 64;

    private static final long RESUMED_NS = 50_000_000;
    private static final long LONGEST_NS = 2_000_000_000;

    private final FlightRecorder recorder;
    private final RankStatus status;
    private final RankControl control;
    private final int limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private Kept kept;
    private boolean waits;
    private boolean resumed;

    /** The recorder as a revocation found it; to make records of it costs a cold JVM milliseconds. */
    private record Kept(long epoch, long atNs, FlightRecorder recorder, long presentEpoch, long completed) {
        RankMessage.FlightRecord read(int most) {
            List<OperationRecord> operations = recorder.newest(most).stream()
                    .map(operation -> isCompleted(operation) ? seen(operation, atNs) : operation)
                    .toList();
            return new RankMessage.FlightRecord(epoch, atNs, recorder.recorded(), operations);
        }

        /** Complete, although the thread that records has not come by since. */
        private boolean isCompleted(OperationRecord operation) {
            return !operation.isCompleted() && operation.epoch() == presentEpoch && operation.sequence() <= completed;
        }
    }

    FlightReports(FlightRecorder recorder, RankStatus status, RankControl control, int ranks) {
        this.recorder = recorder;
        this.status = status;
        this.control = control;
        limit = Math.clamp(OPERATIONS_OF_A_JOB / ranks, PROBED_OPERATIONS, FlightRecorder.DEFAULT_CAPACITY);
    }

    /** A hang is being diagnosed: this may be the last thing that is heard of this rank. Any thread. */
    void probed(long epoch) {
        control.send(keep(epoch, recorder).read(PROBED_OPERATIONS));
    }

    /** The program failed, and this process ends now. Any thread. */
    void failed(long epoch) {
        control.send(keep(epoch, recorder).read(limit));
    }

    /** Keeps what there is; {@link #sendKept} or a thread sends it. The control connection's thread. */
    void revoked(long epoch) {
        if (recorder.recorded() == 0) {
            return;
        }
        Kept found = keep(epoch, recorder.copy());
        lock.lock();
        try {
            kept = found;
            resumed = false;
            if (!waits) {
                waits = true;
                Thread.ofPlatform().daemon().name("convoy-flight").start(this::sendLater);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The recovery is over. Any thread. */
    void resumed() {
        lock.lock();
        try {
            resumed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sends what is kept, if it was not sent. Any thread. */
    void sendKept() {
        Kept found;
        lock.lock();
        try {
            found = kept;
            kept = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (found != null) {
            control.send(found.read(limit));
        }
    }

    private void sendLater() {
        try {
            if (awaitResumed()) {
                // The other ranks are about to resume, too.
                TimeUnit.NANOSECONDS.sleep(RESUMED_NS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sendKept();
    }

    private boolean awaitResumed() throws InterruptedException {
        lock.lock();
        try {
            long left = LONGEST_NS;
            while (!resumed && kept != null && left > 0) {
                left = changed.awaitNanos(left);
            }
            waits = false;
            return resumed;
        } finally {
            lock.unlock();
        }
    }

    private Kept keep(long epoch, FlightRecorder from) {
        return new Kept(epoch, System.nanoTime(), from, status.epoch(), status.completed());
    }

    private static OperationRecord seen(OperationRecord operation, long atNs) {
        return new OperationRecord(
                operation.epoch(),
                operation.step(),
                operation.sequence(),
                operation.collective(),
                operation.operation(),
                operation.type(),
                operation.count(),
                operation.enqueuedAtNs(),
                atNs);
    }
}
