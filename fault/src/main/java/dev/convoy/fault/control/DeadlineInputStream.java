/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** Bounds the total time of reading from a stranger, who could otherwise send a byte now and then for ever. */
final class DeadlineInputStream extends InputStream {
    private final Socket socket;
    private final InputStream in;
    private final long deadlineNs;

    DeadlineInputStream(Socket socket, InputStream in, long deadlineNs) {
        this.socket = socket;
        this.in = in;
        this.deadlineNs = deadlineNs;
    }

    @Override
    public int read() throws IOException {
        limit();
        return in.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        limit();
        return in.read(into, offset, length);
    }

    private void limit() throws IOException {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        if (leftMs <= 0) {
            throw new SocketTimeoutException("the first record did not come in time");
        }
        socket.setSoTimeout((int) leftMs);
    }
}
