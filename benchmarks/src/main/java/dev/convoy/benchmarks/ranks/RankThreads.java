/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.ranks;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.CommunicatorRevokedException;
import dev.convoy.ConvoyRuntime;
import dev.convoy.OperationObserver;
import dev.convoy.RuntimeKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * A communicator whose rank 0 is driven by the caller, while a thread for each other rank repeats the same step for as
 * long as the caller goes on.
 */
public final class RankThreads implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Rank> ranks;
    private final List<Thread> threads = new ArrayList<>();
    private volatile RuntimeException failure;

    /** Forms a communicator on the host runtime. */
    public RankThreads(int worldSize, long partCount) {
        ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.HOST);
        CommunicatorOptions options = CommunicatorOptions.defaults().withDeadline(PATIENCE);
        ranks = Communicator.initAll(Collections.nCopies(worldSize, runtime.device(0)), options).stream()
                .map(communicator -> new Rank(communicator, partCount))
                .toList();
    }

    /** Prepares every rank, in the caller's thread; before {@link #follow}. */
    public void each(Consumer<Rank> preparation) {
        ranks.forEach(preparation);
    }

    /** Has every rank tell somebody of its operations; before {@link #follow}. */
    public void observe(OperationObserver observer) {
        each(rank -> rank.communicator().setObserver(observer));
    }

    /** Has all ranks but the first repeat a step from now on. */
    public void follow(Consumer<Rank> step) {
        for (Rank rank : ranks.subList(1, ranks.size())) {
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .name("rank-" + rank.communicator().rank())
                    .start(() -> repeat(step, rank)));
        }
    }

    private void repeat(Consumer<Rank> step, Rank rank) {
        try {
            while (true) {
                step.accept(rank);
            }
        } catch (CommunicatorRevokedException e) {
            // That is how the others learn that the first one has had enough.
        } catch (RuntimeException e) {
            failure = e;
            ranks.forEach(each ->
                    each.communicator().revoke("rank " + rank.communicator().rank() + " failed: " + e));
        }
    }

    /** The caller's rank. */
    public Rank first() {
        return ranks.getFirst();
    }

    /** Ends the others, whatever they wait for, and frees everything. */
    @Override
    public void close() {
        ranks.forEach(rank -> rank.communicator().revoke("the measurement is over"));
        threads.forEach(RankThreads::join);
        ranks.forEach(Rank::close);
        if (failure != null) {
            throw new IllegalStateException("another rank failed", failure);
        }
    }

    private static void join(Thread thread) {
        try {
            if (!thread.join(PATIENCE)) {
                throw new IllegalStateException(thread + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + thread + " ends", e);
        }
    }
}
