/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import dev.convoy.bindings.Posix;
import dev.convoy.fault.protocol.MemberId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/** The ranks' processes: starts them, sends them signals, and keeps what they print. None outlives it. */
final class RankProcesses implements AutoCloseable {
    private final List<String> command;
    private final Path folder;
    private final ObjIntConsumer<MemberId> onExit;
    private final Map<MemberId, Process> processes = new ConcurrentHashMap<>();
    private final List<Path> logs = new CopyOnWriteArrayList<>();

    /** Ends are told with their status, on a thread of their own. */
    RankProcesses(Path folder, ObjIntConsumer<MemberId> onExit, Class<?> program, Object... arguments) {
        this.folder = folder;
        this.onExit = onExit;
        command = command(program, arguments);
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

    void start(MemberId member, Consumer<Map<String, String>> variables) throws IOException {
        Path log = folder.resolve("rank-" + member.launchRank() + "-" + member.incarnation() + ".log");
        logs.add(log);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        variables.accept(builder.environment());
        Process process = builder.start();
        processes.put(member, process);
        process.onExit().thenAccept(ended -> onExit.accept(member, ended.exitValue()));
    }

    /** A process has another name as well from now on. */
    void alias(MemberId spare, MemberId place) {
        processes.put(place, processes.get(spare));
    }

    /** Of all that were ever started; null if that one was not. */
    Process process(MemberId member) {
        return processes.get(member);
    }

    List<MemberId> members() {
        return List.copyOf(processes.keySet());
    }

    int exitStatus(MemberId member) {
        return processes.get(member).exitValue();
    }

    void fence(MemberId member) {
        Process process = processes.get(member);
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Kills the process that presently has a launch rank. */
    void kill(int launchRank) {
        living(launchRank).forEach(Process::destroyForcibly);
    }

    /** Kills or stops the process that presently has a launch rank. */
    void signal(int launchRank, boolean stop) {
        if (stop) {
            send(launchRank, Posix.SIGSTOP);
        } else {
            kill(launchRank);
        }
    }

    /** Stops the process that presently has a launch rank, and lets it go on after a while. */
    void pause(int launchRank, Duration pause) {
        send(launchRank, Posix.SIGSTOP);
        after(pause, () -> send(launchRank, Posix.SIGCONT));
    }

    private void send(int launchRank, int signal) {
        living(launchRank).forEach(process -> Posix.kill((int) process.pid(), signal));
    }

    private List<Process> living(int launchRank) {
        return processes.entrySet().stream()
                .filter(entry -> entry.getKey().launchRank() == launchRank)
                .map(Map.Entry::getValue)
                .filter(Process::isAlive)
                .toList();
    }

    /** Does something later, on another thread. */
    static void after(Duration delay, Runnable action) {
        Thread.ofPlatform().daemon().start(() -> {
            LockSupport.parkNanos(delay.toNanos());
            action.run();
        });
    }

    /** The job is over. */
    void awaitEnd() throws Exception {
        for (Process process : processes.values()) {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new TimeoutException("a process outlived the job\n" + output());
            }
        }
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
    }
}
