/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import dev.convoy.fault.control.ControlClient;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.CoordinatorMessage.EpochStart;
import dev.convoy.fault.protocol.CoordinatorMessage.Revoke;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.fault.protocol.Version;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A rank that speaks the control protocol and computes nothing, so that the agent can be tested apart from the runtime.
 * Arguments: number of steps of 2 ms, then {@code RANK=ACTION@STEP} for first incarnations; the actions are those of
 * {@link #act}.
 */
final class ScriptedRank {
    private static final long STEP_MS = 2;

    private final LinkedBlockingQueue<CoordinatorMessage> inbox = new LinkedBlockingQueue<>();
    private final MemberId self = new MemberId(number("CONVOY_RANK"), number("CONVOY_INCARNATION"));
    private final int steps;
    private final String action;
    private final int actionStep;
    private volatile long epoch;
    private volatile long step;
    private ControlClient agent;
    private int rank;
    private int worldSize;

    private ScriptedRank(String[] arguments) {
        steps = Integer.parseInt(arguments[0]);
        String mine = self.launchRank() + "=";
        String found = "@-1";
        for (String argument : arguments) {
            if (argument.startsWith(mine) && self.incarnation() == 0) {
                found = argument.substring(mine.length());
            }
        }
        action = found.substring(0, found.indexOf('@'));
        actionStep = Integer.parseInt(found.substring(found.indexOf('@') + 1));
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        new ScriptedRank(arguments).run();
    }

    private void run() throws IOException, InterruptedException {
        String[] address = System.getenv("CONVOY_AGENT").split(":");
        agent = ControlClient.connect(
                address[0],
                Integer.parseInt(address[1]),
                System.getenv("CONVOY_TOKEN"),
                self,
                inbox::add,
                lost -> Runtime.getRuntime().halt(3));
        agent.startHeartbeats(() -> new RankMessage.Heartbeat(epoch, step, step, step));
        System.out.println("joined as " + self + " of " + System.getenv("CONVOY_WORLD_SIZE"));
        while (true) {
            CoordinatorMessage message =
                    inbox.poll(epoch > 0 && step < steps ? STEP_MS : 60_000, TimeUnit.MILLISECONDS);
            if (message == null) {
                work();
            } else if (!handle(message)) {
                return;
            }
        }
    }

    private boolean handle(CoordinatorMessage message) {
        switch (message) {
            case Revoke revoke -> {
                epoch = 0;
                List<Holding> inventory = List.of(new Holding(new Version(1, 0), 0, new int[0], true));
                byte[] id = revoke.makeUniqueId() ? new byte[128] : new byte[0];
                agent.send(new RankMessage.Aborted(
                        revoke.epoch(), System.nanoTime(), step, inventory, new Version(1, 0), id));
            }
            case EpochStart start -> {
                worldSize = start.members().size();
                rank = start.members().indexOf(self);
                step = 0;
                agent.send(new RankMessage.Rebuilt(start.epoch(), System.nanoTime()));
                agent.send(new RankMessage.Restored(start.epoch(), System.nanoTime()));
                epoch = start.epoch();
            }
            case CoordinatorMessage.Probe probe -> agent.send(new RankMessage.Probed(epoch, step, step, step));
            case CoordinatorMessage.Persist persist ->
                agent.send(new RankMessage.DurableFailed(persist.version(), persist.file(), "it is scripted"));
            case CoordinatorMessage.Release release -> {
                RunSummary summary = new RunSummary(steps, worldSize, null, null, null, -1, -1, -1, null);
                agent.send(new RankMessage.Finished(release.epoch(), rank == 0 ? summary : null));
                agent.close();
                return false;
            }
            case CoordinatorMessage.Stop stop -> Runtime.getRuntime().halt(stop.exitStatus());
            case CoordinatorMessage.Rejected rejected -> throw new IllegalStateException(rejected.reason());
            default -> {}
        }
        return true;
    }

    private void work() {
        if (step == actionStep && epoch == 1) {
            act();
        }
        step++;
        if (step == 1) {
            agent.send(new RankMessage.Resumed(epoch, System.nanoTime()));
        }
        if (step == steps) {
            agent.send(new RankMessage.Completed(epoch));
        }
    }

    private void act() {
        switch (action) {
            case "halt" -> Runtime.getRuntime().halt(7);
            case "kill" -> signal("KILL");
            case "stop" -> signal("STOP");
            case "fail" -> {
                agent.send(new RankMessage.Failing(epoch, "java.lang.IllegalStateException: as told"));
                throw new IllegalStateException("as told");
            }
            case "suspect" ->
                agent.send(new RankMessage.Suspect(
                        epoch, Evidence.DEADLINE, new int[0], System.nanoTime(), "all-reduce", step, step));
            default -> throw new IllegalArgumentException(action);
        }
    }

    private static void signal(String name) {
        try {
            new ProcessBuilder(
                            "kill",
                            "-" + name,
                            Long.toString(ProcessHandle.current().pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            Thread.sleep(100); // a stop takes effect while this thread waits
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int number(String variable) {
        return Integer.parseInt(System.getenv(variable));
    }
}
