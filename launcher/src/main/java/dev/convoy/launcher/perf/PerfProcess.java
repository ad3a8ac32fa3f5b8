/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process with one rank or several. What it writes and how it ends comes out of a queue. */
final class PerfProcess {
    /** These threads only wait and copy. */
    private static final long STACK_BYTES = 256 * 1024;

    /** News of a process. */
    sealed interface News {
        /** It wrote a line. */
        record Line(PerfProcess from, RankLine line) implements News {}

        /** It has ended, and this comes after all of its lines; the status is 128 + N if signal N ended it. */
        record End(PerfProcess of, int status) implements News {}
    }

    private final int firstRank;
    private final Process process;

    private PerfProcess(int firstRank, Process process) {
        this.firstRank = firstRank;
        this.process = process;
    }

    /**
     * Starts one. The system kills it when the calling thread ends, so that must wait for it.
     *
     * @param firstRank the first of its ranks
     * @param ranks how many it runs
     * @param command its command line
     * @param environment variables beside ours
     * @param news receives what it says
     * @throws IOException if the system refuses
     */
    static PerfProcess start(
            int firstRank, int ranks, List<String> command, Map<String, String> environment, BlockingQueue<News> news)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        // A device for each of its ranks: freeing memory waits for all of a device's work, and so for work that waits
        // for this rank.
        builder.environment().putAll(environment);
        builder.environment().putIfAbsent("CONVOY_HOST_DEVICES", Integer.toString(ranks));
        Process process = builder.start();
        PerfProcess started = new PerfProcess(firstRank, process);
        Thread.ofPlatform()
                .name("perf-errors-" + firstRank)
                .daemon()
                .stackSize(STACK_BYTES)
                .start(() -> started.forward(process.getErrorStream()));
        Thread.ofPlatform()
                .name("perf-output-" + firstRank)
                .daemon()
                .stackSize(STACK_BYTES)
                .start(() -> started.read(news));
        return started;
    }

    int firstRank() {
        return firstRank;
    }

    long pid() {
        return process.pid();
    }

    /** Tells it the unique id; a process that has ended already is known from the queue. */
    void send(String line) {
        try (OutputStream in = process.getOutputStream()) {
            in.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return; // it has ended
        }
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Waits for its end. */
    boolean awaitEnd(Duration bound) throws InterruptedException {
        return process.waitFor(bound.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void read(BlockingQueue<News> news) {
        try (BufferedReader lines = reader(process.getInputStream())) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line, news);
            }
        } catch (IOException e) {
            // We killed it, or the pipe broke with it; its status says more.
        }
        int status;
        try {
            status = process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
        news.add(new News.End(this, status));
    }

    private void hear(String line, BlockingQueue<News> news) {
        try {
            RankLine.parse(line).ifPresentOrElse(said -> news.add(new News.Line(this, said)), () -> print(line));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            RankLine damaged = new RankLine.Failed(firstRank, RankMain.OWN, "sent a damaged line: " + line);
            news.add(new News.Line(this, damaged));
        }
    }

    private void forward(InputStream errors) {
        try (BufferedReader lines = reader(errors)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                print(line);
            }
        } catch (IOException e) {
            return; // the pipe broke with the process
        }
    }

    private void print(String line) {
        PrintStream errors = System.err;
        errors.print("[rank " + firstRank + "] " + line + "\n");
        errors.flush();
    }

    private static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
}
