/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.store.JobStore;
import dev.convoy.fault.store.JobStoreProvider;
import dev.convoy.fault.store.Leader;
import dev.convoy.fault.store.Leadership;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** {@code tardy://HOST:PORT}: says once that the leader is there, and does not answer after that. */
public final class TardyStore implements JobStoreProvider {
    static final String JOB = "a job of these tests";

    @Override
    public String scheme() {
        return "tardy";
    }

    @Override
    public JobStore open(URI address, String job, Duration lease) {
        byte[] card = new LeaderCard(JOB, 0, address.getHost(), address.getPort()).toBytes();
        return new Open(new StoreSeal(ClusterToken.get()).seal("leader", card));
    }

    private static final class Open implements JobStore {
        private final byte[] card;
        private boolean asked;

        Open(byte[] card) {
            this.card = card;
        }

        @Override
        public Optional<Leader> leader() throws InterruptedException {
            if (asked) {
                return neverAnswer();
            }
            asked = true;
            return Optional.of(new Leader(1, card));
        }

        @Override
        public Optional<Leadership> campaign(byte[] own, Duration atMost) throws InterruptedException {
            return neverAnswer();
        }

        @Override
        public Optional<byte[]> read(String key) throws InterruptedException {
            return neverAnswer();
        }

        @Override
        public Optional<byte[]> epitaph() throws InterruptedException {
            return neverAnswer();
        }

        private static <T> Optional<T> neverAnswer() throws InterruptedException {
            Thread.sleep(Duration.ofHours(1));
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
