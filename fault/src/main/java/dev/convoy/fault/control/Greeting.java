/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** The first record of a connection: a Hello, soon and small. */
final class Greeting {
    static final long BOUND_NS = TimeUnit.SECONDS.toNanos(5);

    private Greeting() {}

    static RankMessage.Hello read(Socket stranger) throws IOException {
        long deadlineNs = System.nanoTime() + BOUND_NS;
        DeadlineInputStream in = new DeadlineInputStream(stranger, stranger.getInputStream(), deadlineNs);
        if (!(MessageCodec.read(in, Limits.HELLO_BYTES) instanceof RankMessage.Hello hello)) {
            throw new ProtocolException("the first record must be a Hello");
        }
        stranger.setSoTimeout(0);
        return hello;
    }
}
