/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.fault.snapshot.Membership;
import java.time.Duration;

/**
 * This rank's side of the control plane: what it is doing, what is wanted of it, and the link between it and the
 * coordinator, which is told here how this process's life goes.
 */
final class ControlPlane implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final LaunchEnvironment environment;
    private final RankStatus status = new RankStatus();
    private final ControlLink link = new ControlLink();
    private final SnapshotNews news = new SnapshotNews();
    private final RankControl control;

    /**
     * Creates this side of it; nobody is connected.
     *
     * @param environment where the coordinator is
     */
    ControlPlane(LaunchEnvironment environment) {
        this.environment = environment;
        control = new RankControl(status, link, LaunchedProcess::halt, PATIENCE.plus(environment.deadline()));
    }

    RankStatus status() {
        return status;
    }

    RankControl control() {
        return control;
    }

    /** What the agent learns of snapshots along with the heartbeats. */
    SnapshotNews news() {
        return news;
    }

    /** Connects this process; what was told before nobody has heard. */
    void open() {
        link.open(environment, control, status, news);
    }

    /** The program says how training goes. */
    void progress(Membership members, long step, double loss, double samplesPerSecond) {
        control.send(new RankMessage.Progress(members.epoch(), step, loss, samplesPerSecond, members.worldSize()));
    }

    /** This process wants to leave. Any thread. */
    void leaving() {
        control.send(new RankMessage.Leaving(status.epoch()));
    }

    /** The program failed. */
    void failing(Throwable failure) {
        control.send(new RankMessage.Failing(status.epoch(), OneLine.of(failure)));
    }

    /** This process ends soon, with its result or null. */
    void finished(RunSummary summary) {
        control.send(new RankMessage.Finished(status.epoch(), summary));
    }

    /**
     * The end of a program that used the communicator only; waits for the other ranks. It cannot be told here whether
     * it failed: its exit status tells.
     */
    void finishedWithoutRun() {
        long epoch = status.epoch();
        control.send(new RankMessage.Completed(epoch));
        if (control.awaitRelease(epoch)) {
            control.send(new RankMessage.Finished(epoch, null));
        } else {
            control.send(new RankMessage.Failing(
                    epoch, "the group lost a rank outside of run(), where nothing can be restored"));
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
