/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import dev.convoy.fault.store.Leadership;
import dev.convoy.fault.store.StoreException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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
    /** In which this leadership wrote a value last, by key; nothing where that is not known. Guards itself. */
    private final Map<String, Long> revisions = new HashMap<>();

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

    /**
     * An attempt that nothing was heard of may be carried out late, when a connection that was given up delivers what
     * it still had. So each one also says which value it replaces: what is older than that changes nothing any more.
     */
    @Override
    public boolean write(String key, byte[] value) throws StoreException, InterruptedException {
        synchronized (revisions) {
            long untilNs = System.nanoTime() + EtcdJobStore.BOUND.toNanos();
            while (!isLost()) {
                long before = revision(key, untilNs);
                // Until it is known what has become of this.
                revisions.remove(key);
                TxnResponse answer = put(key, value, before, untilNs);
                if (answer.isSucceeded()) {
                    revisions.put(key, answer.getHeader().getRevision());
                    return true;
                }
                if (!leads(answer)) {
                    return depose();
                }
            }
            return depose();
        }
    }

    /** In which the value was written that lies there; 0 if none does. */
    private long revision(String key, long untilNs) throws StoreException, InterruptedException {
        Long known = revisions.get(key);
        return known != null
                ? known
                : connection
                        .ask(
                                "for " + key,
                                left(untilNs),
                                client -> client.getKVClient().get(keys.value(key)))
                        .getKvs()
                        .stream()
                        .mapToLong(KeyValue::getModRevision)
                        .findFirst()
                        .orElse(0);
    }

    private TxnResponse put(String key, byte[] value, long before, long untilNs)
            throws StoreException, InterruptedException {
        ByteSequence at = keys.value(key);
        ByteSequence bytes = ByteSequence.from(value);
        return connection.ask(
                "to write " + key,
                left(untilNs),
                client -> client.getKVClient()
                        .txn()
                        .If(stillLeads(), new Cmp(at, Cmp.Op.EQUAL, CmpTarget.modRevision(before)))
                        .Then(Op.put(at, bytes, PutOption.DEFAULT))
                        .Else(Op.get(keys.leader(), GetOption.DEFAULT))
                        .commit());
    }

    private static Duration left(long untilNs) {
        return Duration.ofNanos(Math.max(0, untilNs - System.nanoTime()));
    }

    private boolean leads(TxnResponse answer) {
        return answer.getGetResponses().getFirst().getKvs().stream()
                .anyMatch(leader -> leader.getCreateRevision() == term);
    }

    @Override
    public void resign() {
        if (stopRenewing()) {
            endLease();
        }
    }

    private boolean stopRenewing() {
        synchronized (this) {
            if (resigned) {
                return false;
            }
            resigned = true;
            lost = true;
        }
        renewer.interrupt();
        return true;
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
        ByteSequence bytes = ByteSequence.from(epitaph);
        TxnResponse answer = connection.ask(
                "to conclude the job",
                EtcdJobStore.BOUND,
                client -> client.getKVClient()
                        .txn()
                        .If(stillLeads())
                        .Then(
                                Op.delete(keys.values(), everything),
                                Op.delete(keys.leader(), DeleteOption.DEFAULT),
                                Op.put(keys.epitaph(), bytes, forAWhile))
                        .Else(Op.get(keys.epitaph(), GetOption.DEFAULT))
                        .commit());
        // An attempt before, of which nothing was heard, may have done it.
        boolean concluded = answer.isSucceeded()
                || answer.getGetResponses().getFirst().getKvs().stream()
                        .anyMatch(left -> left.getValue().equals(bytes));
        resign();
        return concluded;
    }
}
