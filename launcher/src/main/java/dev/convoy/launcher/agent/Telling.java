/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.Decision.Announce;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.launcher.JobListener;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Tells the job's own listener on a thread of its own. A terminal that was paused, or a pager that has filled the pipe,
 * blocks whoever writes to it for as long as a person likes; the event thread must renew leases and carry out
 * recoveries meanwhile. Used by one thread at a time.
 */
final class Telling implements JobListener, AutoCloseable {
    /** Of what waits; a listener that does not return must not fill the agent's memory. */
    static final int MOST = 10_000;
    /** Who is so far behind only wants to know the latest. */
    private static final int MOST_WITH_PROGRESS = 100;

    private static final Runnable END = () -> {};

    private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final JobListener listener;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;

    /**
     * Begins to tell.
     *
     * @param listener whom
     * @param onFailure told, on the listener's thread, of what it threw; it hears nothing more then
     */
    Telling(JobListener listener, Consumer<Throwable> onFailure) {
        this.listener = listener;
        this.onFailure = onFailure;
        thread = Thread.ofPlatform().daemon().name("convoy-telling").start(this::tell);
    }

    private void tell() {
        try {
            for (Runnable next = waiting.take(); next != END; next = waiting.take()) {
                next.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    private void later(int most, Runnable telling) {
        if (waiting.size() < most && thread.isAlive()) {
            waiting.add(telling);
        }
    }

    @Override
    public void epochStarted(long epoch, List<MemberId> members) {
        later(MOST, () -> listener.epochStarted(epoch, members));
    }

    @Override
    public void progress(Progress progress) {
        later(MOST_WITH_PROGRESS, () -> listener.progress(progress));
    }

    @Override
    public void incident(Incident incident) {
        later(MOST, () -> listener.incident(incident));
    }

    @Override
    public void changed(MembershipChange change) {
        later(MOST, () -> listener.changed(change));
    }

    @Override
    public void diagnosed(long epoch, String sentence) {
        later(MOST, () -> listener.diagnosed(epoch, sentence));
    }

    @Override
    public void announced(Announce.Kind kind, String text) {
        later(MOST, () -> listener.announced(kind, text));
    }

    /** Waits until the listener has heard everything; nothing of the job depends on that any more. Idempotent. */
    void finish() {
        waiting.add(END);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        finish();
    }
}
