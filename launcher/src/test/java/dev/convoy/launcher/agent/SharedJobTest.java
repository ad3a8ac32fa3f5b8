/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.Distrust;
import dev.convoy.fault.store.JobStore;
import dev.convoy.fault.store.Leader;
import dev.convoy.fault.store.Leadership;
import dev.convoy.fault.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that renews leases and refuses everything else, as etcd does when its space is used up. */
@Timeout(30)
class SharedJobTest {
    private static final CoordinatorRecord NOTHING = new CoordinatorRecord(
            List.of(),
            false,
            false,
            false,
            false,
            null,
            null,
            List.of(),
            List.of(),
            0,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            null,
            Distrust.NONE);

    private final FullStore store = new FullStore();

    @Test
    void whoCannotWriteToAStoreThatIsFullGivesUpItsMandate() throws Exception {
        AtomicInteger signs = new AtomicInteger();
        Mandate mandate = mandate();
        assertThat(mandate.keep(NOTHING, signs::incrementAndGet)).isFalse();
        assertThat(mandate.isLost()).isTrue();
        assertThat(signs).hasPositiveValue();
    }

    @Test
    @Tag("slow")
    void nobodyWaitsForEverForAJobToBeConcluded() throws Exception {
        Mandate mandate = mandate();
        assertThat(mandate.conclude(0, "done")).isFalse();
        assertThat(mandate.isLost()).isTrue();
    }

    private Mandate mandate() throws Exception {
        try (SharedJob job = new SharedJob(store, new StoreSeal("a secret of this test"))) {
            return job.campaign(new LeaderCard("job", 0, "127.0.0.1", 1)).orElseThrow();
        }
    }

    private static final class FullStore implements JobStore, Leadership {
        private boolean resigned;

        @Override
        public Optional<Leadership> campaign(byte[] card, Duration atMost) {
            return Optional.of(this);
        }

        @Override
        public Optional<Leader> leader() {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> read(String key) {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> epitaph() {
            return Optional.empty();
        }

        @Override
        public long term() {
            return 1;
        }

        @Override
        public long validUntilNs() {
            return System.nanoTime() + Duration.ofSeconds(2).toNanos();
        }

        @Override
        public boolean write(String key, byte[] value) throws StoreException {
            throw new StoreException("database space exceeded", null);
        }

        @Override
        public boolean isLost() {
            return resigned;
        }

        @Override
        public void resign() {
            resigned = true;
        }

        @Override
        public boolean conclude(byte[] epitaph) throws StoreException {
            throw new StoreException("database space exceeded", null);
        }

        @Override
        public void close() {}
    }
}
