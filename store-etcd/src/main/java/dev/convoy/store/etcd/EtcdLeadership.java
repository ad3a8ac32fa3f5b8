/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import dev.convoy.fault.store.Leadership;
import dev.convoy.fault.store.StoreException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A leadership and the lease behind it, which a daemon thread renews. */
final class EtcdLeadership implements Leadership {
    /** Attempts within one lease; a lost answer or two do no harm. */
    private static final int RENEWALS = 6;

    private final EtcdConnection connection;
    private final Keys keys;
    private final long leaseId;
    private final long term;
    private final Duration pause;
    private final Thread renewer;

    // Guarded by this.
    private long validUntilNs;
    private boolean lost;
    private boolean resigned;

    EtcdLeadership(EtcdConnection connection, Keys keys, LeaseGrantResponse granted, long term, long sentNs) {
        this.connection = connection;
        this.keys = keys;
        this.leaseId = granted.getID();
        this.term = term;
        this.pause = Duration.ofSeconds(granted.getTTL()).dividedBy(RENEWALS);
        this.validUntilNs = sentNs + TimeUnit.SECONDS.toNanos(granted.getTTL());
        renewer = Thread.ofPlatform().daemon().name("convoy-etcd-lease").start(this::renewUntilOver);
    }

    private void renewUntilOver() {
        try {
            while (!isOver()) {
                Thread.sleep(pause);
                renew();
            }
        } catch (InterruptedException e) {
            return; // resigned
        }
    }

    private void renew() throws InterruptedException {
        long sentNs = System.nanoTime();
        try {
            LeaseKeepAliveResponse answer = connection.ask(
                    "to renew the lease",
                    pause.multipliedBy(2),
                    client -> client.getLeaseClient().keepAliveOnce(leaseId));
            renewed(sentNs, answer.getTTL());
        } catch (StoreException e) {
            // Again after the pause; if that does not help until the lease runs out, it is lost.
            return;
        }
    }

    private synchronized void renewed(long sentNs, long seconds) {
        if (seconds <= 0) {
            lost = true;
        } else if (!isLost()) {
            validUntilNs = Math.max(validUntilNs, sentNs + TimeUnit.SECONDS.toNanos(seconds));
        }
    }

    private synchronized boolean isOver() {
        return resigned || isLost();
    }

    @Override
    public long term() {
        return term;
    }

    @Override
    public synchronized long validUntilNs() {
        return validUntilNs;
    }

    @Override
    public synchronized boolean isLost() {
        // Once it has run out somebody else may have been elected, whatever a later answer says.
        lost |= System.nanoTime() - validUntilNs >= 0;
        return lost;
    }

    private synchronized boolean depose() {
        lost = true;
        return false;
    }

    private Cmp stillLeads() {
        return new Cmp(keys.leader(), Cmp.Op.EQUAL, CmpTarget.createRevision(term));
    }

    @Override
    public boolean write(String key, byte[] value) throws StoreException, InterruptedException {
        ByteSequence at = keys.value(key);
        ByteSequence bytes = ByteSequence.from(value);
        boolean written = !isLost()
                && connection
                        .ask(
                                "to write " + key,
                                EtcdJobStore.BOUND,
                                client -> client.getKVClient()
                                        .txn()
                                        .If(stillLeads())
                                        .Then(Op.put(at, bytes, PutOption.DEFAULT))
                                        .commit())
                        .isSucceeded();
        return written || depose();
    }

    @Override
    public void resign() {
        stopRenewing();
        endLease();
    }

    private void stopRenewing() {
        synchronized (this) {
            resigned = true;
            lost = true;
        }
        renewer.interrupt();
    }

    /** The leader's key goes with it. */
    private void endLease() {
        try {
            connection.ask(
                    "to end a lease",
                    EtcdJobStore.BOUND,
                    client -> client.getLeaseClient().revoke(leaseId));
        } catch (StoreException e) {
            return; // it runs out by itself
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean conclude(byte[] epitaph) throws StoreException, InterruptedException {
        if (isLost()) {
            return false;
        }
        long kept = connection
                .ask(
                        "for a lease",
                        EtcdJobStore.BOUND,
                        client -> client.getLeaseClient().grant(EPITAPH_KEPT.toSeconds()))
                .getID();
        PutOption forAWhile = PutOption.builder().withLeaseId(kept).build();
        DeleteOption everything = DeleteOption.builder().isPrefix(true).build();
        boolean concluded = connection
                .ask(
                        "to conclude the job",
                        EtcdJobStore.BOUND,
                        client -> client.getKVClient()
                                .txn()
                                .If(stillLeads())
                                .Then(
                                        Op.delete(keys.values(), everything),
                                        Op.delete(keys.leader(), DeleteOption.DEFAULT),
                                        Op.put(keys.epitaph(), ByteSequence.from(epitaph), forAWhile))
                                .commit())
                .isSucceeded();
        resign();
        return concluded;
    }
}
