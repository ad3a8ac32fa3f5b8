/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import dev.convoy.bindings.Posix;
import dev.convoy.fault.control.ControlServer;
import dev.convoy.fault.control.CoordinatorDirectory;
import dev.convoy.fault.control.CoordinatorRecordCodec;
import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorMessage;
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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.function.LongFunction;

/** A small agent within the test: real processes, the real coordinator, real connections. */
final class TestAgent implements AutoCloseable {
    static final String TOKEN = "0123456789abcdef0123456789abcdef";

    private final JobSpec spec;
    private final List<String> command;
    private final List<FaultSpec> faults;
    private final Path folder;
    private Coordinator coordinator;
    private ControlServer server;
    private volatile int reign;
    private CoordinatorDirectory directory;
    private byte[] onRecord;
    private int records;
    private int lastRecord = Integer.MAX_VALUE;
    private long absentUntilNs;
    private ControlServer frozen;
    private long pulsedNs;
    private final LinkedBlockingQueue<LongFunction<CoordinatorEvent>> events = new LinkedBlockingQueue<>();
    private final Map<MemberId, Process> processes = new ConcurrentHashMap<>();
    private final List<Path> logs = new CopyOnWriteArrayList<>();
    private final List<Decision.CommitDurable> durable = new CopyOnWriteArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private JobOutcome outcome;
    private boolean dropNext;
    private final List<Decision> decisions = new CopyOnWriteArrayList<>();
    private final Map<String, String> variables = new ConcurrentHashMap<>();
    private MemberId opensGate;
    private final Set<MemberId> arrived = ConcurrentHashMap.newKeySet();

    /** Something done once the ranks report something. */
    private record Watch(BiPredicate<MemberId, RankMessage> condition, Runnable action) {}

    TestAgent(JobSpec spec, String faults, Path folder, Class<?> program, Object... arguments) throws IOException {
        this.spec = spec;
        this.faults = FaultSpec.parseList(faults);
        this.folder = folder;
        coordinator = new Coordinator(spec);
        command = command(program, arguments);
        server = ControlServer.open(TOKEN, new Listener(0));
    }

    /** Lets other coordinators follow the first one; call it before the job runs. */
    void expectSuccessors() throws IOException {
        directory = CoordinatorDirectory.open(TOKEN);
        variables.put("CONVOY_DIRECTORY", String.valueOf(directory.port()));
        coordinator = Coordinator.recorded(spec);
        reign = 1;
        openServer();
    }

    private void openServer() throws IOException {
        if (server != frozen) {
            server.close();
        }
        server = ControlServer.open(InetAddress.getLoopbackAddress(), TOKEN, reign, new Listener(reign));
        variables.put("CONVOY_TERM", String.valueOf(reign));
        directory.announce(new CoordinatorDirectory.Location(reign, "127.0.0.1", server.port()));
    }

    /** The coordinator is lost, with all that it knows; another one follows after a while. */
    void loseCoordinator(Duration nobodyFor) {
        reign++;
        server.close();
        absentUntilNs = System.nanoTime() + nobodyFor.toNanos();
    }

    /** The coordinator stands still, its connections open, and moves again when the ranks follow another one. */
    void freezeCoordinator(Duration nobodyFor) {
        frozen = server;
        reign++;
        absentUntilNs = System.nanoTime() + nobodyFor.toNanos();
    }

    private void thaw() {
        for (MemberId member : processes.keySet()) {
            frozen.send(member, new CoordinatorMessage.Revoke(99, "said by a coordinator of the past", false));
            frozen.send(member, new CoordinatorMessage.Stop(1, "said by a coordinator of the past"));
        }
        frozen.close();
    }

    /** The coordinator is lost as soon as it has put its n-th record into the store, and does nothing more. */
    void loseCoordinatorAfterRecord(int number) {
        lastRecord = number;
    }

    private void takeOver() throws IOException {
        absentUntilNs = 0;
        openServer();
        CoordinatorRecord record = CoordinatorRecordCodec.decode(onRecord);
        coordinator = Coordinator.inherit(spec, record);
        carryOut(coordinator.start(System.nanoTime()));
        record.processes().forEach(this::tellWhatBecameOf);
    }

    /** The former coordinator may have been told already, or never. */
    private void tellWhatBecameOf(CoordinatorRecord.KnownProcess known) {
        MemberId id = known.bornAs();
        Process process = processes.get(id);
        if (process == null) {
            events.add(now -> new CoordinatorEvent.Exited(now, id, "was never started", 1));
        } else if (!process.isAlive()) {
            int status = process.exitValue();
            events.add(now -> new CoordinatorEvent.Exited(now, id, "exited with status " + status, status));
        }
    }

    private void keep(CoordinatorRecord record) {
        onRecord = CoordinatorRecordCodec.encode(record);
        records++;
        if (records == lastRecord) {
            loseCoordinator(Duration.ofMillis(50));
        }
    }

    private static List<String> command(Class<?> program, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        for (String name : List.of("convoy.host.library", "convoy.runtime")) {
            if (System.getProperty(name) != null) {
                command.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        command.add(program.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
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
            kill(launchRank);
        });
    }

    /** Kills the process that presently has a launch rank. */
    void kill(int launchRank) {
        processes.entrySet().stream()
                .filter(entry -> entry.getKey().launchRank() == launchRank)
                .filter(entry -> entry.getValue().isAlive())
                .forEach(entry -> entry.getValue().destroyForcibly());
    }

    /** Kills or stops the process that presently has a launch rank. */
    void signal(int launchRank, boolean stop) {
        if (!stop) {
            kill(launchRank);
            return;
        }
        processes.entrySet().stream()
                .filter(entry -> entry.getKey().launchRank() == launchRank)
                .filter(entry -> entry.getValue().isAlive())
                .forEach(entry -> Posix.kill((int) entry.getValue().pid(), Posix.SIGSTOP));
    }

    /** Stops the process that presently has a launch rank, and lets it go on after a while. */
    void pause(int launchRank, Duration pause) {
        signal(launchRank, true);
        after(
                pause,
                () -> processes.entrySet().stream()
                        .filter(entry -> entry.getKey().launchRank() == launchRank)
                        .filter(entry -> entry.getValue().isAlive())
                        .forEach(entry -> Posix.kill((int) entry.getValue().pid(), Posix.SIGCONT)));
    }

    /** Ranks wait less than the deadline in a step, once they know how long their steps are. */
    void adaptDeadlines() {
        variables.put("CONVOY_DEADLINE", "auto");
    }

    /** Does something later, on another thread. */
    void after(Duration delay, Runnable action) {
        Thread.ofPlatform().daemon().start(() -> {
            LockSupport.parkNanos(delay.toNanos());
            action.run();
        });
    }

    /** Where the ranks connect. */
    int port() {
        return server.port();
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
            if (absentUntilNs != 0) {
                LockSupport.parkNanos(absentUntilNs - System.nanoTime());
                takeOver();
            }
            pulse();
            LongFunction<CoordinatorEvent> next = events.poll(5, TimeUnit.MILLISECONDS);
            carryOut(coordinator.on(
                    next == null ? new CoordinatorEvent.Tick(System.nanoTime()) : next.apply(System.nanoTime())));
        }
        for (Process process : processes.values()) {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new TimeoutException("a process outlived the job\n" + output());
            }
        }
        return outcome;
    }

    private void pulse() {
        if (System.nanoTime() - pulsedNs > 250_000_000) {
            pulsedNs = System.nanoTime();
            server.pulse();
        }
    }

    private void carryOut(List<Decision> decisions) throws IOException {
        for (Decision decision : decisions) {
            if (absentUntilNs != 0) {
                return;
            }
            this.decisions.add(decision);
            switch (decision) {
                case Decision.Record(CoordinatorRecord record) -> keep(record);
                case Decision.Send send -> send(send);
                case Decision.Fence fence -> fence(fence.member());
                case Decision.Spawn spawn -> spawn(spawn.member());
                case Decision.Promote promote -> {
                    server.rename(promote.spare(), promote.place());
                    processes.put(promote.place(), processes.get(promote.spare()));
                }
                case Decision.CommitDurable commit -> durable.add(commit);
                case Decision.End end -> outcome = end.outcome();
                default -> {}
            }
        }
    }

    private void send(Decision.Send send) throws IOException {
        server.send(send.member(), send.message());
        if (send.message() instanceof CoordinatorMessage.InReserve
                && send.member().equals(opensGate)) {
            openGate();
        }
    }

    /** The ranks wait at the gated step until this process is in reserve. */
    void openGateWhenReserved(MemberId member) {
        opensGate = member;
        variables.put(Gate.PROPERTY, gate().toString());
    }

    /** The spare connects when a record of this kind of a second epoch comes in; nothing goes on before it has. */
    void letSpareInAt(MemberId spare, BiPredicate<MemberId, RankMessage> moment) {
        Path gate = folder.resolve("spares");
        variables.put(Gate.SPARES, gate.toString());
        when(moment, () -> {
            try {
                Files.createFile(gate);
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (!arrived.contains(spare) && System.nanoTime() < end) {
                    LockSupport.parkNanos(200_000);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    void openGate() throws IOException {
        variables.put(Gate.PROPERTY, gate().toString());
        if (!Files.exists(gate())) {
            Files.createFile(gate());
        }
    }

    /** The ranks wait at the gated step until so many of them have come to a second coordinator. */
    void openGateWhenAllStand(int count) {
        variables.put(Gate.PROPERTY, gate().toString());
        AtomicInteger stood = new AtomicInteger();
        when(
                (_, message) ->
                        message instanceof RankMessage.Standing && reign > 1 && stood.incrementAndGet() == count,
                () -> {
                    try {
                        if (frozen != null) {
                            thaw();
                        }
                        openGate();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    /** Sets a variable of the ranks' environment. */
    void variable(String name, String value) {
        variables.put(name, value);
    }

    private Path gate() {
        return folder.resolve("gate");
    }

    /** Lets the job go on from a version that an earlier one left on disk. */
    void resumeFrom(Path version) {
        variables.put("CONVOY_RESUME_FROM", version.toString());
    }

    /** A bit of a launch rank's replicated state flips after a step, and so on after the next ones. */
    void flipBits(int launchRank, long step, int times) {
        variables.put(SumProgram.FLIP, launchRank + "@" + step);
        variables.put(SumProgram.FLIPS, String.valueOf(times));
        variables.put("CONVOY_ON_DIVERGENCE", "rollback");
    }

    /** The program of a launch rank asks to leave at a step. */
    void leave(int launchRank, long step) {
        variables.put(SumProgram.LEAVE, launchRank + "@" + step);
    }

    /** Sends SIGTERM once the rank has completed a step. */
    void terminateWhenRunning(int launchRank) {
        MemberId victim = new MemberId(launchRank, 0);
        when(
                (member, message) -> member.equals(victim) && message instanceof RankMessage.Resumed,
                () -> processes.get(victim).destroy());
    }

    int exitStatus(MemberId member) {
        return processes.get(member).exitValue();
    }

    <D extends Decision> List<D> decided(Class<D> kind) {
        return decisions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<MembershipChange> changes() {
        return coordinator.changes();
    }

    private void fence(MemberId member) {
        Process process = processes.get(member);
        if (process != null) {
            process.destroyForcibly();
        }
        events.add(now -> new CoordinatorEvent.Fenced(now, member));
    }

    private void spawn(MemberId member) throws IOException {
        Path log = folder.resolve("rank-" + member.launchRank() + "-" + member.incarnation() + ".log");
        logs.add(log);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("CONVOY_AGENT", "127.0.0.1:" + server.port());
        environment.put("CONVOY_TOKEN", TOKEN);
        environment.put("CONVOY_RANK", String.valueOf(member.launchRank()));
        environment.put("CONVOY_WORLD_SIZE", String.valueOf(spec.ranks()));
        environment.put("CONVOY_INCARNATION", String.valueOf(member.incarnation()));
        environment.put("CONVOY_RUNTIME", "host");
        environment.put("CONVOY_DEADLINE_MS", String.valueOf(spec.deadlineNs() / 1_000_000));
        environment.put("CONVOY_FAULTS", remainingFaults());
        environment.put("CONVOY_STATE_DIR", spec.stateDirectory() == null ? "" : spec.stateDirectory());
        environment.put("CONVOY_DURABLE_EVERY_MS", "100");
        environment.putAll(variables);
        Process process = builder.start();
        processes.put(member, process);
        process.onExit()
                .thenAccept(ended -> events.add(now -> new CoordinatorEvent.Exited(
                        now, member, "exited with status " + ended.exitValue(), ended.exitValue())));
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

    List<Incident> incidents() {
        return coordinator.incidents();
    }

    List<String> warnings() {
        return coordinator.warnings();
    }

    List<Decision.CommitDurable> durable() {
        return durable;
    }

    /** Everything that the ranks printed. */
    String output() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path log : logs) {
            all.append("--- ").append(log.getFileName()).append('\n').append(Files.readString(log));
        }
        return all.toString();
    }

    @Override
    public void close() {
        processes.values().forEach(Process::destroyForcibly);
        server.close();
        if (directory != null) {
            directory.close();
        }
    }

    /** Hands over from the connections' threads to the loop. */
    private final class Listener implements ControlServer.Listener {
        private final int ofReign;

        private Listener(int ofReign) {
            this.ofReign = ofReign;
        }

        private void add(LongFunction<CoordinatorEvent> event) {
            events.add(now -> ofReign == reign ? event.apply(now) : new CoordinatorEvent.Tick(now));
        }

        @Override
        public void connected(MemberId member, long pid) {
            arrived.add(member);
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
                if (dropNext || ofReign != reign) {
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
