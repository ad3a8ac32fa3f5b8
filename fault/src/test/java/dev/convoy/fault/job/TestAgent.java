/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import dev.convoy.fault.control.ControlServer;
import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import java.util.function.LongFunction;

/**
 * A small agent within the test: the event loop around the real coordinator, with real processes and real connections.
 */
final class TestAgent implements AutoCloseable {
    static final String TOKEN = "0123456789abcdef0123456789abcdef";

    private final JobSpec spec;
    private final List<FaultSpec> faults;
    private final RankVariables variables;
    private final RankProcesses ranks;
    private final Reigns reigns;
    private final Gates gates;
    private final LinkedBlockingQueue<LongFunction<CoordinatorEvent>> events = new LinkedBlockingQueue<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Decision> decisions = new CopyOnWriteArrayList<>();
    private Coordinator coordinator;
    private JobOutcome outcome;
    private boolean dropNext;

    /** Something done once the ranks report something. */
    private record Watch(BiPredicate<MemberId, RankMessage> condition, Runnable action) {}

    TestAgent(JobSpec spec, String faults, Path folder, Class<?> program, Object... arguments) throws IOException {
        this.spec = spec;
        this.faults = FaultSpec.parseList(faults);
        coordinator = new Coordinator(spec);
        variables = new RankVariables(spec);
        ranks = new RankProcesses(folder, (member, status) -> events.add(exited(member, status)), program, arguments);
        gates = new Gates(this, folder);
        reigns = new Reigns(variables, Listener::new);
    }

    private static LongFunction<CoordinatorEvent> exited(MemberId member, int status) {
        return now -> new CoordinatorEvent.Exited(now, member, "exited with status " + status, status);
    }

    RankVariables variables() {
        return variables;
    }

    RankProcesses ranks() {
        return ranks;
    }

    Reigns reigns() {
        return reigns;
    }

    Gates gates() {
        return gates;
    }

    /** Lets other coordinators follow the first one; call it before the job runs. */
    void expectSuccessors() throws IOException {
        coordinator = Coordinator.recorded(spec);
        reigns.expectSuccessors();
    }

    /** Does something, once, when a rank has sent a certain record, before the coordinator sees it. */
    void when(BiPredicate<MemberId, RankMessage> condition, Runnable action) {
        watches.add(new Watch(condition, action));
    }

    /** Kills a launch rank's first process as it sends a certain record, which thereby never arrives. */
    void dieInsteadOf(int launchRank, Class<? extends RankMessage> record) {
        MemberId victim = new MemberId(launchRank, 0);
        when((member, message) -> member.equals(victim) && record.isInstance(message), () -> {
            dropNext = true;
            ranks.kill(launchRank);
        });
    }

    /** Sends SIGTERM once the rank has completed a step. */
    void terminateWhenRunning(int launchRank) {
        MemberId victim = new MemberId(launchRank, 0);
        when(
                (member, message) -> member.equals(victim) && message instanceof RankMessage.Resumed,
                () -> ranks.process(victim).destroy());
    }

    /** Where the ranks connect. */
    int port() {
        return reigns.server().port();
    }

    /** Runs the job to its end. */
    JobOutcome run(Duration bound) throws Exception {
        long end = System.nanoTime() + bound.toNanos();
        carryOut(coordinator.start(System.nanoTime()));
        while (outcome == null) {
            if (System.nanoTime() > end) {
                throw new TimeoutException(
                        "the job did not end within " + bound + ": " + incidents() + "\n" + output());
            }
            if (reigns.isVacant()) {
                takeOver(reigns.begin());
            }
            reigns.pulse();
            LongFunction<CoordinatorEvent> next = events.poll(5, TimeUnit.MILLISECONDS);
            carryOut(coordinator.on(
                    next == null ? new CoordinatorEvent.Tick(System.nanoTime()) : next.apply(System.nanoTime())));
        }
        ranks.awaitEnd();
        return outcome;
    }

    private void takeOver(CoordinatorRecord record) throws IOException {
        coordinator = Coordinator.inherit(spec, record);
        carryOut(coordinator.start(System.nanoTime()));
        record.processes().forEach(this::tellWhatBecameOf);
    }

    /** The former coordinator may have been told already, or never. */
    private void tellWhatBecameOf(CoordinatorRecord.KnownProcess known) {
        MemberId id = known.bornAs();
        Process process = ranks.process(id);
        if (process == null) {
            events.add(now -> new CoordinatorEvent.Exited(now, id, "was never started", 1));
        } else if (!process.isAlive()) {
            events.add(exited(id, process.exitValue()));
        }
    }

    private void carryOut(List<Decision> some) throws IOException {
        for (Decision decision : some) {
            if (reigns.isVacant()) {
                return;
            }
            decisions.add(decision);
            carryOut(decision);
        }
    }

    private void carryOut(Decision decision) throws IOException {
        switch (decision) {
            case Decision.Record(CoordinatorRecord record) -> reigns.keep(record);
            case Decision.Send send -> {
                reigns.server().send(send.member(), send.message());
                gates.sent(send);
            }
            case Decision.Fence(MemberId member) -> {
                ranks.fence(member);
                events.add(now -> new CoordinatorEvent.Fenced(now, member));
            }
            case Decision.Spawn spawn ->
                ranks.start(
                        spawn.member(),
                        environment -> variables.fill(environment, spawn.member(), port(), remainingFaults()));
            case Decision.Promote(MemberId spare, MemberId place) -> {
                reigns.server().rename(spare, place);
                ranks.alias(spare, place);
            }
            case Decision.End end -> outcome = end.outcome();
            default -> {}
        }
    }

    private String remainingFaults() {
        List<String> fired = coordinator.firedFaults();
        return String.join(
                ",",
                faults.stream()
                        .map(FaultSpec::format)
                        .filter(text -> !fired.contains(text))
                        .toList());
    }

    <D extends Decision> List<D> decided(Class<D> kind) {
        return decisions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<Decision.CommitDurable> durable() {
        return decided(Decision.CommitDurable.class);
    }

    List<Incident> incidents() {
        return coordinator.incidents();
    }

    List<MembershipChange> changes() {
        return coordinator.changes();
    }

    List<String> warnings() {
        return coordinator.warnings();
    }

    /** Everything that the ranks printed. */
    String output() throws IOException {
        return ranks.output();
    }

    @Override
    public void close() {
        ranks.close();
        reigns.close();
    }

    /** Hands over from the connections' threads to the loop. */
    private final class Listener implements ControlServer.Listener {
        private final int ofReign;

        private Listener(int ofReign) {
            this.ofReign = ofReign;
        }

        private void add(LongFunction<CoordinatorEvent> event) {
            events.add(now -> ofReign == reigns.number() ? event.apply(now) : new CoordinatorEvent.Tick(now));
        }

        @Override
        public void connected(MemberId member, long pid) {
            gates.connected(member);
            add(now -> new CoordinatorEvent.Connected(now, member, pid));
        }

        @Override
        public void received(MemberId member, RankMessage message) {
            add(now -> {
                watches.removeIf(watch -> {
                    boolean hit = watch.condition().test(member, message);
                    if (hit) {
                        watch.action().run();
                    }
                    return hit;
                });
                if (dropNext || ofReign != reigns.number()) {
                    // Whatever is lost in between is lost with its coordinator.
                    dropNext = false;
                    return new CoordinatorEvent.Tick(now);
                }
                return new CoordinatorEvent.Received(now, member, message);
            });
        }

        @Override
        public void disconnected(MemberId member) {
            add(now -> new CoordinatorEvent.Disconnected(now, member));
        }
    }
}
