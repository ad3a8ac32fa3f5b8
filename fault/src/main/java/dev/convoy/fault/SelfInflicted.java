/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.bindings.Posix;
import dev.convoy.fault.inject.FaultInjector;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.RankMessage;
import java.time.Duration;

/** The real effects of injected faults on this process. */
final class SelfInflicted implements FaultInjector.Effects {
    private static final Duration RECORDING_BOUND = Duration.ofSeconds(1);

    private final RankControl control;
    private final Runnable damage;

    /**
     * Creates the effects.
     *
     * @param control where faults are recorded
     * @param damage flips bits in the newest snapshot
     */
    SelfInflicted(RankControl control, Runnable damage) {
        this.control = control;
        this.damage = damage;
    }

    @Override
    public void corrupt() {
        damage.run();
    }

    @Override
    public void record(FaultSpec fault, long atNs) {
        control.send(new RankMessage.FaultFired(fault.format(), atNs));
        control.awaitFaultRecorded(fault.format(), RECORDING_BOUND);
    }

    @Override
    public void fires(FaultSpec fault, long atNs) {
        control.send(new RankMessage.FaultFired(fault.format(), atNs));
    }

    @Override
    public void raise(int signal) {
        Posix.kill((int) ProcessHandle.current().pid(), signal);
    }

    @Override
    public void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void fail(FaultSpec fault) {
        throw new InjectedFaultException("injected fault " + fault.format());
    }
}
