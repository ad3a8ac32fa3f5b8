/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.io.PrintStream;

/** What a rank's process tells the command, a line each; see {@link RankLine}. For all threads. */
final class RankOutput {
    private final PrintStream out;

    RankOutput(PrintStream out) {
        this.out = out;
    }

    void id(String hex) {
        line("id " + hex);
    }

    void ready(int rank, long pid, int device, String runtime, String version) {
        line("ready " + rank + " " + pid + " " + device + " " + runtime + " " + version);
    }

    void pass(int rank, PassResult result) {
        line("pass " + rank + " " + result.toText());
    }

    void failed(int rank, String kind, String message) {
        line("failed " + rank + " " + kind + " " + message.replaceAll("\\s*\\R\\s*", " "));
    }

    void done(int rank) {
        line("done " + rank);
    }

    private synchronized void line(String text) {
        out.print(RankLine.MARK + text + "\n");
        out.flush();
    }
}
