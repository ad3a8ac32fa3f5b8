/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.StoredPart;
import dev.convoy.fault.protocol.Version;
import dev.convoy.launcher.UsageException;
import dev.convoy.launcher.report.AtomicFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The job's folder of durable versions, one folder each ({@code e1-s200}). Ranks write the parts; a version exists from
 * the moment its manifest does. Only the agent's event thread uses it.
 *
 * <p>Every job has a folder of its own below the state folder, so that two jobs, or a job and an earlier one's last
 * state, cannot mix.
 */
final class DurableStore {
    private final Path folder;
    private final boolean parentIsOurs;
    private final Optional<EarlierState> earlier;
    private Version committed;
    /** Stays for the case that the newest is damaged when it is needed. */
    private Version previous;

    private DurableStore(Path folder, boolean parentIsOurs, Optional<EarlierState> earlier) {
        this.folder = folder;
        this.parentIsOurs = parentIsOurs;
        this.earlier = earlier;
    }

    /**
     * Creates the job's folder and checks that it can be written.
     *
     * @param parent state folder; created if it is not there
     * @param jobId name of the job's folder
     * @param earlier what the job goes on from; deleted once the job has two versions of its own, or has succeeded
     * @throws UsageException if that fails
     */
    static DurableStore create(Path parent, String jobId, Optional<EarlierState> earlier) {
        Path absolute = parent.toAbsolutePath().normalize();
        boolean parentIsNew = !Files.exists(absolute);
        try {
            AtomicFile.createFolders(absolute);
            AbandonedState.clear(absolute);
            Path folder = Files.createDirectory(absolute.resolve(jobId));
            AtomicFile.sync(absolute);
            return new DurableStore(folder, parentIsNew, earlier);
        } catch (IOException e) {
            throw new UsageException(
                    "cannot write the state folder " + absolute + " (" + Reason.of(e)
                            + "); name another one with --state-dir",
                    e);
        }
    }

    /**
     * Goes on with a job's folder that another agent created, and says there that this one uses it. Which versions
     * there are the folder says itself: the other agent's record may be older than its last versions, or name one whose
     * manifest it did not come to write.
     *
     * @param folder the job's folder
     * @param earlier what the job went on from
     * @throws UsageException if it cannot be read or written
     */
    static DurableStore inherit(Path folder, Optional<EarlierState> earlier) {
        DurableStore store = new DurableStore(folder, false, earlier);
        try {
            AtomicFile.createFolders(folder);
            AbandonedState.claim(folder);
            List<Version> whole = AbandonedState.wholeVersions(folder).stream()
                    .map(version -> VersionFolder.parse(version).orElseThrow())
                    .toList();
            store.committed = whole.isEmpty() ? null : whole.getFirst();
            store.previous = whole.size() < 2 ? null : whole.get(1);
        } catch (IOException e) {
            throw new UsageException("cannot write the job's state folder " + folder + " (" + Reason.of(e) + ")", e);
        }
        return store;
    }

    Path folder() {
        return folder;
    }

    /** Folder of the newest version with a manifest; an earlier job's before this one has any. */
    Optional<Path> newest() {
        return committed == null
                ? earlier.map(EarlierState::folder)
                : Optional.of(folder.resolve(committed.directoryName()));
    }

    /** Newest version of this job with a manifest; null if there is none. */
    Version newestOwn() {
        return committed;
    }

    Optional<Version> newestVersion() {
        return Optional.ofNullable(committed).or(() -> earlier.map(EarlierState::version));
    }

    /**
     * Makes a version exist: checks its parts, writes its manifest, then deletes what is older than the one before it.
     *
     * @throws IOException if a part is not what its rank said, or the manifest cannot be written
     */
    void commit(Version version, int worldSize, int shardCount, List<StoredPart> parts) throws IOException {
        Path versionFolder = folder.resolve(version.directoryName());
        for (StoredPart part : parts) {
            checkPart(versionFolder, part);
        }
        Manifest.write(versionFolder, version, worldSize, shardCount, parts);
        AtomicFile.sync(folder);
        previous = committed;
        committed = version;
        if (previous != null) {
            deleteOlder(previous);
            deleteEarlier();
        }
    }

    /** The job did what was asked: nothing of it is kept. */
    void removeAll() throws IOException {
        deleteEarlier();
        removeOwn();
    }

    private void removeOwn() throws IOException {
        FileTree.delete(folder);
        if (parentIsOurs) {
            FileTree.deleteIfEmpty(folder.getParent());
        }
    }

    /** The job failed: keeps the two newest versions, an earlier job's included, and nothing else. */
    void keepNewest() throws IOException {
        if (committed == null) {
            removeOwn();
        } else {
            Path before = previous == null ? null : folder.resolve(previous.directoryName());
            deleteOthers(folder.resolve(committed.directoryName()), before);
        }
    }

    private void deleteEarlier() throws IOException {
        if (earlier.isPresent()) {
            earlier.get().delete();
        }
    }

    private static void checkPart(Path versionFolder, StoredPart part) throws IOException {
        Path name = Path.of(part.file());
        // A rank named this file: it must not lead out of the folder.
        if (name.getNameCount() != 1 || name.isAbsolute() || part.file().startsWith(".")) {
            throw new IOException("rank " + part.member().launchRank() + " named a part " + part.file());
        }
        long bytes = Files.size(versionFolder.resolve(name));
        if (bytes != part.bytes()) {
            throw new IOException(versionFolder.resolve(name) + " has " + bytes + " bytes, not " + part.bytes());
        }
    }

    /** A version that is newer than the committed one is still being written and stays. */
    private void deleteOlder(Version than) throws IOException {
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(folder)) {
            for (Path other : versions) {
                Optional<Version> version = VersionFolder.parse(other);
                if (version.isPresent() && version.get().compareTo(than) < 0) {
                    FileTree.delete(other);
                }
            }
        }
    }

    private void deleteOthers(Path keep, Path keepToo) throws IOException {
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(folder)) {
            for (Path other : versions) {
                if (!other.equals(keep) && !other.equals(keepToo)) {
                    FileTree.delete(other);
                }
            }
        }
    }
}
