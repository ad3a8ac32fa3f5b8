/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.StoredPart;
import dev.convoy.fault.protocol.Version;
import dev.convoy.launcher.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableStoreTest {
    @TempDir
    Path temp;

    @Test
    void aVersionExistsFromItsManifestOnAndTheTwoNewestStay() throws IOException {
        DurableStore store = DurableStore.create(temp, "job-1-1", Optional.empty());
        store.commit(new Version(1, 0), 2, 0, List.of(part(store, new Version(1, 0), 5)));
        store.commit(new Version(1, 20), 2, 4, List.of(part(store, new Version(1, 20), 7)));
        assertThat(store.folder()).isDirectoryContaining("glob:**/e1-s20").isDirectoryContaining("glob:**/e1-s0");
        store.commit(new Version(2, 20), 2, 4, List.of(part(store, new Version(2, 20), 7)));
        assertThat(store.folder()).isDirectoryContaining("glob:**/e1-s20").isDirectoryNotContaining("glob:**/e1-s0");
        JsonNode manifest = new ObjectMapper()
                .readTree(store.folder().resolve("e1-s20/MANIFEST").toFile());
        assertThat(manifest.get("epoch").asLong()).isEqualTo(1);
        assertThat(manifest.get("step").asLong()).isEqualTo(20);
        assertThat(manifest.get("shardCount").asInt()).isEqualTo(4);
        assertThat(manifest.get("parts").get(0).get("bytes").asLong()).isEqualTo(7);
        assertThat(store.newestVersion()).contains(new Version(2, 20));
    }

    @Test
    void aNewerVersionStillBeingWrittenIsLeftAlone() throws IOException {
        DurableStore store = DurableStore.create(temp, "job-1-1", Optional.empty());
        part(store, new Version(2, 5), 3);
        store.commit(new Version(1, 20), 2, 0, List.of(part(store, new Version(1, 20), 7)));
        assertThat(store.folder().resolve("e2-s5/part-0.bin")).exists();
        store.keepNewest();
        assertThat(store.folder().resolve("e2-s5")).doesNotExist();
        assertThat(store.folder().resolve("e1-s20/MANIFEST")).exists();
    }

    @Test
    void aPartThatIsNotWhatItsRankSaidIsNoVersion() throws IOException {
        DurableStore store = DurableStore.create(temp, "job-1-1", Optional.empty());
        Version version = new Version(1, 0);
        StoredPart good = part(store, version, 5);
        StoredPart longer = new StoredPart(good.member(), good.file(), 6, good.sha256());
        StoredPart outside = new StoredPart(good.member(), "../../x", 5, good.sha256());
        StoredPart absent = new StoredPart(good.member(), "part-9.bin", 5, good.sha256());
        for (StoredPart bad : List.of(longer, outside, absent)) {
            assertThatThrownBy(() -> store.commit(version, 1, 0, List.of(bad))).isInstanceOf(IOException.class);
        }
        assertThat(store.newestVersion()).isEmpty();
        assertThat(store.folder().resolve("e1-s0/MANIFEST")).doesNotExist();
    }

    @Test
    void successLeavesNothing() throws IOException {
        Path parent = temp.resolve("state");
        DurableStore store = DurableStore.create(parent, "job-1-1", Optional.empty());
        store.commit(new Version(1, 0), 1, 0, List.of(part(store, new Version(1, 0), 5)));
        store.removeAll();
        assertThat(parent).doesNotExist();
        assertThat(temp).isEmptyDirectory();
    }

    /** The former leader's last decision is in its record; it may have been lost before the manifest was on disk. */
    @Test
    void whatTheFormerLeaderDidNotFinishIsNoVersion() throws IOException {
        DurableStore former = DurableStore.create(temp, "job-1-1", Optional.empty());
        former.commit(new Version(1, 20), 2, 0, List.of(part(former, new Version(1, 20), 7)));
        part(former, new Version(1, 30), 7);

        DurableStore store = DurableStore.inherit(former.folder(), Optional.empty());
        assertThat(store.newestVersion()).contains(new Version(1, 20));
        store.keepNewest();
        assertThat(store.folder().resolve("e1-s20/MANIFEST")).exists();
        assertThat(store.folder().resolve("e1-s30")).doesNotExist();
    }

    @Test
    void anotherJobsStateIsLeftAlone() throws IOException {
        DurableStore other = DurableStore.create(temp, AbandonedState.newJobId(), Optional.empty());
        DurableStore store = DurableStore.create(temp, "job-2-1", Optional.empty());
        store.removeAll();
        assertThat(other.folder()).exists();
    }

    @Test
    void whatAKilledAgentLeftIsTidiedUnlessItIsAWholeVersion() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        DurableStore partial = DurableStore.create(temp, "job-1-" + ended.pid(), Optional.empty());
        part(partial, new Version(1, 0), 5);
        DurableStore whole = DurableStore.create(temp.resolve("2"), "job-2-" + ended.pid(), Optional.empty());
        whole.commit(new Version(1, 0), 1, 0, List.of(part(whole, new Version(1, 0), 5)));
        DurableStore.create(temp, "job-3-1", Optional.empty());
        DurableStore.create(temp.resolve("2"), "job-3-1", Optional.empty());
        assertThat(partial.folder()).doesNotExist();
        assertThat(whole.folder().resolve("e1-s0/MANIFEST")).exists();
    }

    /** What the former agent had on record last may be much older than its last versions. */
    @Test
    void aSuccessorThatFailsKeepsWhatItsPredecessorWrote() throws IOException {
        DurableStore former = DurableStore.create(temp, "job-1-1", Optional.empty());
        for (int step = 0; step <= 60; step += 20) {
            former.commit(new Version(1, step), 2, 0, List.of(part(former, new Version(1, step), 5)));
        }
        part(former, new Version(1, 80), 5); // not whole: its manifest never came to be written
        DurableStore heir = DurableStore.inherit(former.folder(), Optional.empty());
        assertThat(heir.newestVersion()).contains(new Version(1, 60));
        heir.keepNewest();
        assertThat(heir.folder().resolve("e1-s60/MANIFEST")).exists();
        assertThat(heir.folder().resolve("e1-s40/MANIFEST")).exists();
        assertThat(heir.folder().resolve("e1-s80")).doesNotExist();
    }

    @Test
    void aSuccessorDeletesWhatIsOlderThanTheTwoNewestAndAddsItsOwn() throws IOException {
        DurableStore former = DurableStore.create(temp, "job-1-1", Optional.empty());
        former.commit(new Version(1, 0), 2, 0, List.of(part(former, new Version(1, 0), 5)));
        former.commit(new Version(1, 20), 2, 0, List.of(part(former, new Version(1, 20), 5)));
        DurableStore heir = DurableStore.inherit(former.folder(), Optional.empty());
        heir.commit(new Version(2, 30), 2, 0, List.of(part(heir, new Version(2, 30), 5)));
        assertThat(heir.folder().resolve("e1-s0")).doesNotExist();
        assertThat(heir.folder().resolve("e1-s20/MANIFEST")).exists();
        assertThat(heir.newestVersion()).contains(new Version(2, 30));
    }

    @Test
    void aFolderThatCannotBeMadeIsRefusedInOneLine() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThatThrownBy(() -> DurableStore.create(file, "job-1-1", Optional.empty()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--state-dir")
                .hasMessageNotContaining("\n");
    }

    private static StoredPart part(DurableStore store, Version version, int bytes) throws IOException {
        Path folder = Files.createDirectories(store.folder().resolve(version.directoryName()));
        Files.write(folder.resolve("part-0.bin"), new byte[bytes]);
        return new StoredPart(new MemberId(0, 0), "part-0.bin", bytes, "00");
    }
}
