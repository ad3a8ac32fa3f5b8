/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.MemberId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets the end of a process be told before that of its connection. The system closes a dying process's sockets a moment
 * before its parent learns how it died, and the latter is what a person wants to read. Thread-safe.
 */
final class ProcessEnds {
    /**
     * Enough on a busy machine too. Only a process that lives and closed its connection is reported this much later.
     */
    private static final long BRIEF_MS = 50;

    private final ConcurrentHashMap<MemberId, CountDownLatch> ends = new ConcurrentHashMap<>();

    void ended(MemberId member) {
        latch(member).countDown();
    }

    /** Waits a moment for {@link #ended}; for a thread that has nothing else to do. */
    void awaitBriefly(MemberId member) {
        try {
            boolean ended = latch(member).await(BRIEF_MS, TimeUnit.MILLISECONDS);
            if (!ended) {
                return; // it lives: the closed connection is the news
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CountDownLatch latch(MemberId member) {
        return ends.computeIfAbsent(member, ignored -> new CountDownLatch(1));
    }
}
