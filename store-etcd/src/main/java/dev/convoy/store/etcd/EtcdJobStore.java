/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import dev.convoy.fault.store.JobStore;
import dev.convoy.fault.store.Leader;
import dev.convoy.fault.store.Leadership;
import dev.convoy.fault.store.StoreException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A job's part of etcd. Who leads is who made the leader's key; it hangs on a lease, and the revision in which it was
 * made, which etcd never gives twice, is the term.
 */
final class EtcdJobStore implements JobStore {
    /** More than an answer ever takes that is still of use to anybody. */
    static final Duration BOUND = Duration.ofSeconds(2);

    /** For a machine that starts a dozen JVMs at once. */
    private static final Duration FIRST_BOUND = Duration.ofSeconds(15);

    private static final long POLL_MS = 100;

    private final EtcdConnection connection;
    private final Keys keys;
    private final Duration lease;

    EtcdJobStore(EtcdConnection connection, Keys keys, Duration lease) {
        this.connection = connection;
        this.keys = keys;
        this.lease = lease;
    }

    /**
     * Asks once whatever an election asks, and changes nothing: the client's hundreds of classes are loaded when nobody
     * waits for them yet.
     */
    void rehearse() throws StoreException, InterruptedException {
        connection.reach();
        connection.ask("who leads", FIRST_BOUND, client -> client.getKVClient().get(keys.leader()));
        long leaseId = connection
                .ask(
                        "for a lease",
                        FIRST_BOUND,
                        client -> client.getLeaseClient().grant(Math.max(1, lease.toSeconds())))
                .getID();
        connection.ask(
                "to renew the lease",
                FIRST_BOUND,
                client -> client.getLeaseClient().keepAliveOnce(leaseId));
        connection.ask(
                "who leads",
                FIRST_BOUND,
                client -> client.getKVClient()
                        .txn()
                        .If(new Cmp(keys.leader(), Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                        .Else(Op.get(keys.leader(), GetOption.DEFAULT))
                        .commit());
        giveBack(leaseId);
    }

    @Override
    public Optional<Leadership> campaign(byte[] card, Duration atMost) throws StoreException, InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (true) {
            // The lease begins when there is something to win: one that waits would run out meanwhile.
            Optional<Leadership> won = leader().isPresent() ? Optional.empty() : tryToLead(card);
            if (won.isPresent() || System.nanoTime() >= until) {
                return won;
            }
            Thread.sleep(POLL_MS);
        }
    }

    private Optional<Leadership> tryToLead(byte[] card) throws StoreException, InterruptedException {
        long sentNs = System.nanoTime();
        long seconds = Math.max(1, (lease.toMillis() + 999) / 1000);
        LeaseGrantResponse granted = connection.ask(
                "for a lease", BOUND, client -> client.getLeaseClient().grant(seconds));
        ByteSequence leader = keys.leader();
        ByteSequence value = ByteSequence.from(card);
        PutOption onLease = PutOption.builder().withLeaseId(granted.getID()).build();
        try {
            TxnResponse answer = connection.ask(
                    "to elect this agent",
                    BOUND,
                    client -> client.getKVClient()
                            .txn()
                            .If(new Cmp(leader, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                            .Then(Op.put(leader, value, onLease), Op.get(leader, GetOption.DEFAULT))
                            .Else(Op.get(leader, GetOption.DEFAULT))
                            .commit());
            Optional<KeyValue> present =
                    first(answer.getGetResponses().getFirst().getKvs());
            // The client may have sent it twice: then the second one failed because of the first.
            if (present.isPresent() && present.get().getLease() == granted.getID()) {
                return Optional.of(new EtcdLeadership(
                        connection, keys, granted, present.get().getCreateRevision(), sentNs));
            }
        } catch (StoreException e) {
            giveBack(granted.getID());
            throw e;
        }
        giveBack(granted.getID());
        return Optional.empty();
    }

    private void giveBack(long leaseId) throws InterruptedException {
        try {
            connection.ask(
                    "to end a lease", BOUND, client -> client.getLeaseClient().revoke(leaseId));
        } catch (StoreException e) {
            return; // it runs out by itself
        }
    }

    @Override
    public Optional<Leader> leader() throws StoreException, InterruptedException {
        return get(keys.leader(), "who leads")
                .map(found ->
                        new Leader(found.getCreateRevision(), found.getValue().getBytes()));
    }

    @Override
    public Optional<byte[]> read(String key) throws StoreException, InterruptedException {
        return get(keys.value(key), "for " + key).map(found -> found.getValue().getBytes());
    }

    @Override
    public Optional<byte[]> epitaph() throws StoreException, InterruptedException {
        return get(keys.epitaph(), "whether the job has ended")
                .map(found -> found.getValue().getBytes());
    }

    private Optional<KeyValue> get(ByteSequence key, String what) throws StoreException, InterruptedException {
        return first(connection
                .ask(what, BOUND, client -> client.getKVClient().get(key))
                .getKvs());
    }

    private static Optional<KeyValue> first(List<KeyValue> found) {
        return found.stream().findFirst();
    }

    @Override
    public void close() {
        connection.close();
    }
}
