/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A process that was started here, and ends with this object together with all that it started. */
public final class Child implements AutoCloseable {
    private static final Duration READ_TO_THE_END = Duration.ofSeconds(5);

    private final Process process;
    private final Consumer<String> heard;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;
    private boolean isSilent;

    private Child(Process process, Consumer<String> heard) {
        this.process = process;
        this.heard = heard;
        this.reader = Thread.ofPlatform().name("child-output").daemon().start(this::read);
    }

    /**
     * Starts a process.
     *
     * @param command its command
     * @param environment variables beside ours
     * @param heard is given each line of its output and errors, in a thread of its own
     * @return the process, to be closed
     * @throws IOException if it cannot be started
     */
    public static Child start(List<String> command, Map<String, String> environment, Consumer<String> heard)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new Child(builder.start(), heard);
    }

    /**
     * Waits for its end.
     *
     * @param bound the longest time
     * @return whether it has ended
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean awaitEnd(Duration bound) throws InterruptedException {
        if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
            return false;
        }
        // What it started may still hold the pipe.
        reader.join(READ_TO_THE_END);
        return true;
    }

    /**
     * Its exit status.
     *
     * @return the status; 128 + N if signal N ended it
     */
    public int status() {
        return process.exitValue();
    }

    /**
     * Its process id.
     *
     * @return the id
     */
    public long pid() {
        return process.pid();
    }

    /**
     * What it said so far.
     *
     * @return the lines
     */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /**
     * Waits for a line.
     *
     * @param beginning how it begins
     * @param bound the longest time
     * @return the rest of the first such line
     * @throws InterruptedException if this thread is interrupted
     * @throws AssertionError if it does not come
     */
    public String expect(String beginning, Duration bound) throws InterruptedException {
        long deadline = System.nanoTime() + bound.toNanos();
        synchronized (lines) {
            int seen = 0;
            while (true) {
                for (; seen < lines.size(); seen++) {
                    if (lines.get(seen).startsWith(beginning)) {
                        return lines.get(seen).substring(beginning.length());
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || isSilent) {
                    throw new AssertionError("process " + process.pid() + " did not say '" + beginning + "' but "
                            + String.join(" | ", lines));
                }
                lines.wait(left);
            }
        }
    }

    /**
     * Gives it a line to read.
     *
     * @param line the line
     * @throws IOException if it has ended
     */
    public void tell(String line) throws IOException {
        Writer input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        input.write(line + "\n");
        input.flush();
    }

    private void read() {
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                hear(line);
            }
        } catch (IOException e) {
            // We killed it, and the pipe broke with it.
        }
        synchronized (lines) {
            isSilent = true;
            lines.notifyAll();
        }
    }

    private void hear(String line) {
        synchronized (lines) {
            lines.add(line);
            lines.notifyAll();
        }
        heard.accept(line);
    }

    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }
}
