/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/** The first record of a connection: a Hello, soon and small. */
final class Greeting {
    static final Duration BOUND = Duration.ofSeconds(5);

    private Greeting() {}

    static RankMessage.Hello read(Socket stranger, Duration bound) throws IOException {
        long deadlineNs = System.nanoTime() + bound.toNanos();
        DeadlineInputStream in = new DeadlineInputStream(stranger, stranger.getInputStream(), deadlineNs);
        if (!(MessageCodec.read(in, Limits.HELLO_BYTES) instanceof RankMessage.Hello hello)) {
            throw new ProtocolException("the first record must be a Hello");
        }
        stranger.setSoTimeout(0);
        return hello;
    }
}
