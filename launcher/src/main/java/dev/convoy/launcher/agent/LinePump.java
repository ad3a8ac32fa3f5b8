/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Copies a rank's output to one of the agent's own streams, line by line, each with the rank's number in front.
 *
 * <p>The bytes of a line pass through as they are. Lines of several ranks do not mix, since each write holds whole
 * lines only and takes the sink's lock.
 */
final class LinePump implements Runnable {
    /** A line that is longer is cut, so that a rank that never ends its line cannot fill the agent's memory. */
    static final int LONGEST_LINE = 64 * 1024;

    private final InputStream source;
    private final OutputStream sink;
    private final byte[] prefix;
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;
    private byte[] pending = new byte[8192];
    private int pendingLength;
    private boolean sinkBroken;

    LinePump(InputStream source, OutputStream sink, int launchRank) {
        this.source = source;
        this.sink = sink;
        this.prefix = ("[rank " + launchRank + "] ").getBytes(StandardCharsets.US_ASCII);
    }

    /** Copies until the rank closes its end. */
    @Override
    public void run() {
        byte[] chunk = new byte[8192];
        try (source) {
            for (int count = source.read(chunk); count >= 0; count = source.read(chunk)) {
                accept(chunk, count);
                flush();
            }
        } catch (IOException e) {
            // The pipe broke with the rank: what came until now is all there is. How the rank ended is known elsewhere.
        }
        if (length > 0) {
            endLine();
        }
        flush();
    }

    private void accept(byte[] chunk, int count) {
        for (int i = 0; i < count; i++) {
            if (chunk[i] == '\n' || length == LONGEST_LINE) {
                endLine();
            }
            if (chunk[i] != '\n') {
                line[length++] = chunk[i];
            }
        }
    }

    private void endLine() {
        append(prefix, prefix.length);
        append(line, length);
        append(new byte[] {'\n'}, 1);
        length = 0;
    }

    private void append(byte[] bytes, int count) {
        if (pendingLength + count > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(pending.length * 2, pendingLength + count));
        }
        System.arraycopy(bytes, 0, pending, pendingLength, count);
        pendingLength += count;
    }

    private void flush() {
        int count = pendingLength;
        pendingLength = 0;
        if (count == 0 || sinkBroken) {
            return;
        }
        synchronized (sink) {
            try {
                sink.write(pending, 0, count);
                sink.flush();
            } catch (IOException e) {
                // Whoever read the agent's output has gone. Keep draining, or the rank would block on a full pipe.
                sinkBroken = true;
            }
        }
    }
}
