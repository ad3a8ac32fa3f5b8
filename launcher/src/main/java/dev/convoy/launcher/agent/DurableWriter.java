/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Version;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Writes manifests on a thread of its own: a slow disk must not hold up a recovery. */
final class DurableWriter {
    private static final long BOUND_S = 20;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("convoy-durable").daemon().factory());
    private final DurableStore store;
    private final Consumer<String> warnings;

    /**
     * Creates the writer.
     *
     * @param store the job's store; this writer's thread alone uses it until {@link #finish}
     * @param warnings told, on the writer's thread, of a version that could not be committed
     */
    DurableWriter(DurableStore store, Consumer<String> warnings) {
        this.store = store;
        this.warnings = warnings;
    }

    void commit(Decision.CommitDurable commit) {
        thread.execute(() -> write(commit));
    }

    private void write(Decision.CommitDurable commit) {
        try {
            store.commit(commit.version(), commit.worldSize(), commit.shardCount(), commit.parts());
        } catch (IOException e) {
            warn(commit, e);
        } catch (DirectoryIteratorException e) {
            // Unchecked, and on this thread nobody would hear of it.
            warn(commit, e.getCause());
        }
    }

    private void warn(Decision.CommitDurable commit, IOException e) {
        warnings.accept("the durable state of " + commit.version() + " was not written: " + Reason.of(e));
    }

    /**
     * Waits for the commits, then keeps the newest versions of a failed job and nothing of a successful one.
     *
     * @return folder of what was kept
     */
    Optional<Kept> finish(boolean success) throws InterruptedException, IOException {
        thread.shutdown();
        if (!thread.awaitTermination(BOUND_S, TimeUnit.SECONDS)) {
            throw new IOException("the disk of " + store.folder() + " did not answer within " + BOUND_S + " s");
        }
        Optional<Kept> newest = store.newestVersion()
                .map(version -> new Kept(version, store.newest().orElseThrow()));
        if (success) {
            store.removeAll();
            return Optional.empty();
        }
        store.keepNewest();
        return newest;
    }

    /**
     * A durable version on disk.
     *
     * @param version which
     * @param folder its folder
     */
    record Kept(Version version, Path folder) {
        /** For the end of a sentence. */
        @Override
        public String toString() {
            return "step " + version.step() + " is in " + folder;
        }
    }
}
