/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.convoy.fault.control.CoordinatorRecordCodec;
import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.store.JobStore;
import dev.convoy.fault.store.JobStoreProvider;
import dev.convoy.fault.store.Leadership;
import dev.convoy.fault.store.StoreException;
import dev.convoy.launcher.Cluster;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.UsageException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A job's part of the store as its agents see it: who leads, what a successor needs, how it ended. What none of them
 * sealed is not there. Thread-safe.
 */
final class SharedJob implements AutoCloseable {
    private static final String RECORD = "record";
    private static final Duration LEASE = Duration.ofNanos(Lease.LENGTH_NS);

    private final JobStore store;
    private final StoreSeal seal;

    SharedJob(JobStore store, StoreSeal seal) {
        this.store = store;
        this.seal = seal;
    }

    /**
     * An agent that leads.
     *
     * @param term its term
     * @param card how to reach it
     */
    record Leader(long term, LeaderCard card) {}

    /**
     * How the job ended.
     *
     * @param exitStatus for an agent to exit with
     * @param message one line
     */
    record Epitaph(int exitStatus, String message) {}

    /**
     * Opens the store that a job was given.
     *
     * @throws UsageException if there is no such store
     * @throws JobException if it does not answer
     */
    static SharedJob open(Cluster cluster, String secret) throws InterruptedException {
        URI address = cluster.store().orElseThrow();
        StoreSeal seal = new StoreSeal(secret);
        String name = cluster.host() + ":" + cluster.port() + "/" + seal.fingerprint();
        try {
            return new SharedJob(provider(address.getScheme()).open(address, name, LEASE), seal);
        } catch (StoreException e) {
            throw new JobException(e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--store " + e.getMessage(), e);
        }
    }

    private static JobStoreProvider provider(String scheme) {
        // Not this module's own loader: providers lie on the class path.
        return ServiceLoader.load(JobStoreProvider.class, ClassLoader.getSystemClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.scheme().equals(scheme))
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        "--store " + scheme + "://…: there is no such store; there are embedded and etcd://HOST:PORT, "
                                + "the latter with the jars of convoy-store-etcd on the class path"));
    }

    /** Tries once. */
    Optional<Mandate> campaign(LeaderCard card) throws StoreException, InterruptedException {
        return store.campaign(seal.seal("leader", card.toBytes()), Duration.ZERO)
                .map(leadership -> new Elected(leadership, card.job()));
    }

    /** Who leads; empty if nobody does, or somebody who does not know the secret. */
    Optional<Leader> leader() throws StoreException, InterruptedException {
        Optional<dev.convoy.fault.store.Leader> leader = store.leader();
        Optional<byte[]> card = leader.flatMap(found -> seal.open("leader", found.card()));
        try {
            return card.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Leader(leader.orElseThrow().term(), LeaderCard.of(card.get())));
        } catch (IOException e) {
            return Optional.empty(); // of another version
        }
    }

    /** What a successor of this job's leader needs. */
    Optional<CoordinatorRecord> lastRecord(String job) throws StoreException, InterruptedException {
        Optional<byte[]> value = store.read(RECORD).flatMap(found -> seal.open(RECORD + " of " + job, found));
        try {
            return value.isEmpty() ? Optional.empty() : Optional.of(CoordinatorRecordCodec.decode(value.get()));
        } catch (IOException e) {
            throw new StoreException("what the former leader left cannot be read: " + e.getMessage(), e);
        }
    }

    /** Whether a job left something that has not been concluded: it may live, or have been lost as a whole. */
    boolean isUnfinished() throws StoreException, InterruptedException {
        return store.read(RECORD).isPresent();
    }

    Optional<Epitaph> epitaph(String job) throws StoreException, InterruptedException {
        return store.epitaph()
                .flatMap(found -> seal.open("epitaph of " + job, found))
                .filter(value -> value.length >= Integer.BYTES)
                .map(value -> new Epitaph(
                        ByteBuffer.wrap(value).getInt(),
                        new String(Arrays.copyOfRange(value, Integer.BYTES, value.length), UTF_8)));
    }

    @Override
    public void close() {
        store.close();
    }

    /** Something that only the leader may change. */
    private interface Change {
        boolean make() throws StoreException, InterruptedException;
    }

    /** A leadership that was won. */
    private final class Elected implements Mandate {
        private static final long RETRY_MS = 50;

        private final Leadership leadership;
        private final String job;
        private volatile boolean concluded;

        Elected(Leadership leadership, String job) {
            this.leadership = leadership;
            this.job = job;
        }

        @Override
        public long term() {
            return leadership.term();
        }

        @Override
        public boolean isLost() {
            return !concluded && leadership.isLost();
        }

        @Override
        public boolean keep(CoordinatorRecord record, Runnable meanwhile) throws InterruptedException {
            byte[] value = seal.seal(RECORD + " of " + job, CoordinatorRecordCodec.encode(record));
            return insist(() -> leadership.write(RECORD, value), meanwhile);
        }

        @Override
        public boolean conclude(int exitStatus, String message) throws InterruptedException {
            byte[] text = message.getBytes(UTF_8);
            byte[] value = ByteBuffer.allocate(Integer.BYTES + text.length)
                    .putInt(exitStatus)
                    .put(text)
                    .array();
            byte[] epitaph = seal.seal("epitaph of " + job, value);
            concluded = insist(() -> leadership.conclude(epitaph), () -> {});
            return concluded;
        }

        /**
         * Asks until it is known what has become of it; until the lease runs out nobody else has been elected. A store
         * that is full, or whose disk stands still, renews leases nevertheless: who waited for that would wait for
         * ever.
         */
        private boolean insist(Change change, Runnable meanwhile) throws InterruptedException {
            long untilNs = System.nanoTime() + Lease.TAKEOVER_NS;
            while (!leadership.isLost()) {
                try {
                    return change.make();
                } catch (StoreException e) {
                    if (System.nanoTime() - untilNs >= 0) {
                        leadership.resign();
                    } else {
                        meanwhile.run();
                        Thread.sleep(RETRY_MS);
                    }
                }
            }
            return false;
        }

        @Override
        public void resign() {
            leadership.resign();
        }
    }
}
