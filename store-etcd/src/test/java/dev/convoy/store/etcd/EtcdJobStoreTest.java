/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.convoy.fault.store.JobStore;
import dev.convoy.fault.store.JobStoreProvider;
import dev.convoy.fault.store.Leader;
import dev.convoy.fault.store.Leadership;
import dev.convoy.fault.store.StoreException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Elections and fencing against an etcd that is killed, stopped and written to by strangers. */
@Timeout(60)
class EtcdJobStoreTest {
    private static final Duration LEASE = Duration.ofSeconds(2);
    /** Outlives a question that is not answered. */
    private static final Duration LONG_LEASE = Duration.ofSeconds(20);

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path folder;

    private static EtcdServer server;

    private final List<JobStore> stores = new ArrayList<>();
    private String job;

    @BeforeAll
    static void startServer() {
        server = EtcdServer.start(folder);
    }

    @AfterAll
    static void endServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void nameJob(TestInfo test) {
        job = test.getTestMethod().orElseThrow().getName();
    }

    @AfterEach
    void closeStores() {
        stores.forEach(JobStore::close);
    }

    @Test
    void oneOfManyIsElectedAndAllSeeWhichOne() throws Exception {
        int candidates = 8;
        CountDownLatch go = new CountDownLatch(candidates);
        List<Optional<Leadership>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(candidates)) {
            List<Future<Optional<Leadership>>> campaigns = new ArrayList<>();
            for (int number = 0; number < candidates; number++) {
                JobStore store = open();
                byte[] card = {(byte) number};
                campaigns.add(threads.submit(() -> {
                    go.countDown();
                    go.await();
                    return store.campaign(card, Duration.ZERO);
                }));
            }
            for (Future<Optional<Leadership>> campaign : campaigns) {
                results.add(campaign.get());
            }
        }
        List<Integer> winners = IntStream.range(0, candidates)
                .filter(number -> results.get(number).isPresent())
                .boxed()
                .toList();
        assertThat(winners).hasSize(1);
        int winner = winners.getFirst();
        assertThat(open().leader())
                .contains(new Leader(results.get(winner).orElseThrow().term(), new byte[] {(byte) winner}));
    }

    @Test
    void theNextTermIsHigherAndTheOlderOneWritesNothing() throws Exception {
        Leadership first = campaign(open(), "first");
        assertThat(first.write("record", bytes("one"))).isTrue();
        first.resign();
        Leadership second = campaign(open(), "second");
        assertThat(second.term()).isGreaterThan(first.term());
        assertThat(first.isLost()).isTrue();
        assertThat(first.write("record", bytes("late"))).isFalse();
        assertThat(first.conclude(bytes("late"))).isFalse();
        assertThat(open().read("record"))
                .hasValueSatisfying(value -> assertThat(value).isEqualTo(bytes("one")));
        assertThat(second.write("record", bytes("two"))).isTrue();
        assertThat(open().read("record"))
                .hasValueSatisfying(value -> assertThat(value).isEqualTo(bytes("two")));
    }

    @Test
    void quorumSplitBrain() throws Exception {
        // The first is deposed in the store itself and does not know: only its token can tell.
        JobStore store = open();
        Leadership older = campaign(store, "older");
        deleteKey(new Keys(job).leader());
        Leadership newer = campaign(open(), "newer");
        assertThat(older.isLost()).isFalse();
        assertThat(older.write("record", bytes("of the older one"))).isFalse();
        assertThat(older.isLost()).isTrue();
        assertThat(newer.write("record", bytes("of the newer one"))).isTrue();
        assertThat(open().read("record"))
                .hasValueSatisfying(value -> assertThat(value).isEqualTo(bytes("of the newer one")));
        older.resign();
        assertThat(newer.write("record", bytes("still leads"))).isTrue();
    }

    @Test
    void whoIsCutOffLosesItsLeadershipBeforeAnotherIsElected() throws Exception {
        JobStore store = open();
        Leadership first = campaign(store, "first");
        await().atMost(SOON)
                .until(() -> first.validUntilNs() - System.nanoTime()
                        > LEASE.minusMillis(500).toNanos());
        store.close();
        Optional<Leadership> second = open().campaign(bytes("second"), SOON);
        long electedNs = System.nanoTime();
        assertThat(second).isPresent();
        assertThat(first.isLost()).isTrue();
        assertThat(first.validUntilNs()).isLessThan(electedNs);
    }

    @Test
    void aLeadershipIsRenewedForLongerThanItsLease() throws Exception {
        Leadership leadership = campaign(open(), "leader");
        long first = leadership.validUntilNs();
        await().atMost(SOON).until(() -> leadership.validUntilNs() - first > LEASE.toNanos());
        assertThat(leadership.isLost()).isFalse();
        assertThat(open().campaign(bytes("another"), Duration.ZERO)).isEmpty();
    }

    @Test
    void aConcludedJobLeavesAnEpitaphAndNothingElse() throws Exception {
        Leadership leadership = campaign(open(), "leader");
        leadership.write("record", bytes("state"));
        assertThat(leadership.conclude(bytes("it is done"))).isTrue();
        JobStore other = open();
        assertThat(other.leader()).isEmpty();
        assertThat(other.read("record")).isEmpty();
        assertThat(other.epitaph())
                .hasValueSatisfying(value -> assertThat(value).isEqualTo(bytes("it is done")));
    }

    /** Whoever does not know that takes itself for deposed, and leaves a job that has succeeded as a failure. */
    @Test
    void aConclusionWhoseAnswerWasLostIsOneAllTheSame() throws Exception {
        try (BadWire wire = BadWire.losingTheAnswerTo(server.address(), "to be concluded")) {
            Leadership leadership = campaign(open(wire.address(), job, LONG_LEASE), "leader");
            byte[] epitaph = bytes("to be concluded");
            assertThatThrownBy(() -> leadership.conclude(epitaph)).isInstanceOf(StoreException.class);
            assertThat(leadership.conclude(epitaph)).isTrue();
            assertThat(open().epitaph())
                    .hasValueSatisfying(value -> assertThat(value).isEqualTo(epitaph));
        }
    }

    @Test
    void aWriteThatArrivesLateReplacesNothingNewer() throws Exception {
        try (BadWire wire = BadWire.holdingBack(server.address(), "the older value")) {
            Leadership leadership = campaign(open(wire.address(), job, LONG_LEASE), "leader");
            assertThatThrownBy(() -> leadership.write("record", bytes("the older value")))
                    .isInstanceOf(StoreException.class);
            assertThat(leadership.write("record", bytes("the newer value"))).isTrue();
            wire.deliver();
            assertThat(open().read("record"))
                    .hasValueSatisfying(value -> assertThat(value).isEqualTo(bytes("the newer value")));
            assertThat(leadership.write("record", bytes("the newest value"))).isTrue();
        }
    }

    @Test
    void jobsDoNotMeet() throws Exception {
        campaign(open(), "leader").write("record", bytes("state"));
        JobStore other = open(server.address(), job + "-2");
        assertThat(other.leader()).isEmpty();
        assertThat(other.read("record")).isEmpty();
        assertThat(other.campaign(bytes("its own"), Duration.ZERO)).isPresent();
    }

    @Test
    void anEtcdThatComesBackInTimeCostsNobodyAnything() throws Exception {
        try (EtcdServer own = EtcdServer.start(Files.createDirectory(folder.resolve(job)))) {
            JobStore store = open(own.address(), job);
            Leadership leadership = campaign(store, "leader");
            leadership.write("record", bytes("before"));
            own.kill();
            assertThatThrownBy(() -> store.read("record"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("etcd at " + own.address());
            own.startAgain();
            await().atMost(SOON)
                    .ignoreExceptionsInstanceOf(StoreException.class)
                    .until(() -> store.read("record").isPresent());
            if (!leadership.isLost()) { // a slow machine may have taken longer than the lease
                assertThat(leadership.write("record", bytes("after"))).isTrue();
            }
        }
    }

    @Test
    void whereNobodyListensOneLineSaysSo() {
        assertThatThrownBy(() -> open(URI.create("etcd://127.0.0.1:1"), job))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("no etcd at etcd://127.0.0.1:1: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void malformedAddressesAreNamed() {
        for (String bad : List.of("etcd:///x", "etcd://host", "etcd://host:0", "etcd://a:1,b", "etcd://a:1/path")) {
            assertThatThrownBy(() -> open(URI.create(bad), job))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad)
                    .hasMessageContaining("etcd://HOST:PORT");
        }
        assertThat(Endpoints.parse(URI.create("etcd://a:1,b:2")).uris())
                .containsExactly(URI.create("http://a:1"), URI.create("http://b:2"));
        assertThat(Endpoints.parse(URI.create("etcd://[::1]:3")).uris()).containsExactly(URI.create("http://[::1]:3"));
    }

    private Leadership campaign(JobStore store, String card) throws Exception {
        return store.campaign(bytes(card), Duration.ZERO).orElseThrow();
    }

    private JobStore open() throws Exception {
        return open(server.address(), job);
    }

    private JobStore open(URI address, String name) throws Exception {
        return open(address, name, LEASE);
    }

    private JobStore open(URI address, String name, Duration lease) throws Exception {
        JobStoreProvider provider = ServiceLoader.load(JobStoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.scheme().equals("etcd"))
                .findFirst()
                .orElseThrow();
        JobStore store = provider.open(address, name, lease);
        stores.add(store);
        return store;
    }

    private static void deleteKey(ByteSequence key) throws Exception {
        try (Client client = Client.builder()
                .endpoints(server.address().toString().replace("etcd:", "http:"))
                .build()) {
            client.getKVClient().delete(key).get();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
