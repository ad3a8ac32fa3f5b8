/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.MemberId;
import dev.convoy.launcher.RankOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One rank's process: started by the spawner's thread, killed by the event thread, watched by a thread of its own so
 * that its end is known at once.
 */
final class RankProcess {
    /** These threads only wait and copy. */
    private static final long STACK_BYTES = 256 * 1024;

    private final MemberId member;
    private final List<Thread> pumps = new ArrayList<>();
    private Process process;
    private boolean killed;
    /** Process that said Hello, where a shell or another program lies between; 0 if it is our child itself. */
    private long innerPid;

    private boolean direct;
    private boolean refused;

    RankProcess(MemberId member) {
        this.member = member;
    }

    MemberId member() {
        return member;
    }

    /**
     * Starts the process; does nothing if it was killed before.
     *
     * @param builder command and environment
     * @param sinks where its output goes
     * @param onExit told once of its end, on a thread of its own
     * @throws IOException if the system refuses
     */
    void start(ProcessBuilder builder, Sinks sinks, ExitListener onExit) throws IOException {
        Process started;
        synchronized (this) {
            if (killed) {
                onExit.exited(member, 128 + 9);
                return;
            }
            started = startedBy(builder);
            process = started;
            pump(started.getInputStream(), sinks.out(), "output");
            pump(started.getErrorStream(), sinks.err(), "errors");
        }
        Thread.ofPlatform()
                .name("convoy-exit-" + member)
                .daemon()
                .stackSize(STACK_BYTES)
                .start(() -> awaitExit(started, onExit));
    }

    private Process startedBy(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            refused = true;
            throw e;
        }
    }

    /** Not if it has ended, was told to, or never began. */
    synchronized boolean mayLive() {
        return !killed && !refused && (process == null || process.isAlive());
    }

    /** The program's own process, as it said when it connected; 0 before. */
    synchronized long pid() {
        return innerPid;
    }

    /** Notes which process speaks for the rank. */
    synchronized void connected(long pid) {
        if (process != null) {
            direct = pid == process.pid();
            innerPid = pid;
        }
    }

    /** Sends SIGKILL to the process and to what it started; returns after kill(2), whatever the process's state. */
    synchronized void kill() {
        killed = true;
        if (process == null || !process.isAlive()) {
            return;
        }
        // Looked up before the parent's death cuts them off. A rank that we started ourselves has none that count.
        List<ProcessHandle> descendants = direct ? List.of() : ProcessTree.descendants(process.pid());
        process.destroyForcibly();
        for (ProcessHandle descendant : descendants) {
            descendant.destroyForcibly();
        }
    }

    /** State letter of the rank's process as the system shows it; {@code ?} if it has gone. */
    synchronized char state() {
        if (process == null) {
            return '?';
        }
        return ProcessTree.state(innerPid != 0 ? innerPid : process.pid());
    }

    /**
     * Waits for the end of the process and of its output.
     *
     * @return whether the process has ended
     */
    boolean awaitEnd(Duration bound) throws InterruptedException {
        long until = System.nanoTime() + bound.toNanos();
        Process current;
        synchronized (this) {
            current = process;
        }
        if (current == null) {
            return true;
        }
        if (!current.waitFor(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        // A grandchild may hold the pipe for ever; what the rank itself wrote is in it already.
        long drainUntil = Math.min(until, System.nanoTime() + 500_000_000L);
        for (Thread pump : pumps) {
            pump.join(Duration.ofNanos(Math.max(1, drainUntil - System.nanoTime())));
        }
        return true;
    }

    private void pump(InputStream source, OutputStream sink, String name) {
        if (sink == null) {
            return;
        }
        LinePump pump = new LinePump(source, sink, member.launchRank());
        pumps.add(Thread.ofPlatform()
                .name("convoy-" + name + "-" + member)
                .daemon()
                .stackSize(STACK_BYTES)
                .start(pump));
    }

    private void awaitExit(Process started, ExitListener onExit) {
        int status;
        try {
            status = started.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
        onExit.exited(member, status);
    }

    /** Told of the end of a process. */
    @FunctionalInterface
    interface ExitListener {
        /** The process ended; {@code status} is 128 + N if signal N ended it. */
        void exited(MemberId member, int status);
    }

    /**
     * Where the output goes.
     *
     * @param out for standard output; null drops it
     * @param err for standard error
     */
    record Sinks(OutputStream out, OutputStream err) {
        static Sinks of(RankOutput output) {
            return new Sinks(output == RankOutput.ALL ? System.out : null, System.err);
        }
    }
}
