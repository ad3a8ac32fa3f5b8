/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.io.PrintStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Prints lines from a thread of its own: a terminal or pipe that nobody reads must not hold up a recovery. */
final class Console implements AutoCloseable {

    private final PrintStream out;
    private final ExecutorService printer;

    Console(PrintStream out) {
        this.out = out;
        this.printer = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("demo-console").daemon().factory());
    }

    void println(String line) {
        printer.execute(() -> out.println(line));
    }

    /** Returns when all lines are out. */
    @Override
    public void close() {
        printer.close();
        out.flush();
    }
}
