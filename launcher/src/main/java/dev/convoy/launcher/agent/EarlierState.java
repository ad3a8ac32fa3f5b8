/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.Version;
import dev.convoy.launcher.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a job goes on from: the newest sound version that an earlier one left in the same state folder when it failed or
 * was lost as a whole.
 *
 * @param version the version
 * @param folder its folder
 * @param jobs folders of all jobs that have ended there, which this one continues
 */
record EarlierState(Version version, Path folder, List<Path> jobs) {

    /**
     * Looks for the newest version whose files all are what its manifest says.
     *
     * @param stateFolder where earlier jobs had their folders; need not exist
     * @param warnings told of each version that is damaged
     * @return empty if there is no version at all
     * @throws JobException if there are versions and none is sound; nothing has been changed then
     */
    static Optional<EarlierState> find(Path stateFolder, Consumer<String> warnings) {
        Path absolute = stateFolder.toAbsolutePath().normalize();
        if (!Files.isDirectory(absolute)) {
            return Optional.empty();
        }
        try {
            return find(absolute, AbandonedState.ended(absolute), warnings);
        } catch (IOException e) {
            throw new JobException("the state folder " + absolute + " cannot be read: " + Reason.of(e), e);
        }
    }

    /**
     * What a former leader of this job found, in the same state folder.
     *
     * @param folder the version that this job went on from
     * @param job folder of this job
     */
    static EarlierState of(Path folder, Path job) {
        List<Path> jobs;
        try {
            jobs = AbandonedState.ended(job.getParent()).stream()
                    .filter(other -> !other.equals(job))
                    .toList();
        } catch (IOException e) {
            jobs = List.of(); // they stay; a later job tidies
        }
        return new EarlierState(VersionFolder.parse(folder).orElseThrow(), folder, jobs);
    }

    private static Optional<EarlierState> find(Path stateFolder, List<Path> jobs, Consumer<String> warnings)
            throws IOException {
        String damage = null;
        for (Path job : jobs) {
            for (Path folder : AbandonedState.wholeVersions(job)) {
                String found = damageOf(folder);
                if (found == null) {
                    return Optional.of(
                            new EarlierState(VersionFolder.parse(folder).orElseThrow(), folder, jobs));
                }
                warnings.accept("the durable version in " + folder + " is damaged and not used: " + found);
                damage = damage == null ? folder + ": " + found : damage;
            }
        }
        if (damage != null) {
            throw new JobException(
                    "no durable version in " + stateFolder + " can be used (" + damage
                            + "); nothing was changed there; move it away to start from the beginning",
                    null);
        }
        return Optional.empty();
    }

    /** Returns null if there is none. */
    private static String damageOf(Path folder) {
        try {
            // Reading is bound by the hash: each part takes a core.
            return Manifest.read(folder).parallelStream()
                    .map(part -> damageOf(folder.resolve(part.file()), part))
                    .filter(Optional::isPresent)
                    .findFirst()
                    .flatMap(found -> found)
                    .orElse(null);
        } catch (IOException e) {
            return Reason.of(e);
        } catch (UncheckedIOException e) {
            return Reason.of(e.getCause());
        }
    }

    private static Optional<String> damageOf(Path file, Manifest.Part part) {
        try {
            if (Files.size(file) != part.bytes()) {
                return Optional.of(file.getFileName() + " has " + Files.size(file) + " bytes, not " + part.bytes());
            }
            boolean same = sha256(file).equals(part.sha256());
            return same ? Optional.empty() : Optional.of(file.getFileName() + " does not have its SHA-256");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file);
                DigestInputStream digested = new DigestInputStream(content, MessageDigest.getInstance("SHA-256"))) {
            byte[] piece = new byte[1 << 20];
            while (digested.read(piece) >= 0) {
                // The digest has it.
            }
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256, which every Java platform must have", e);
        }
    }

    /** Deletes what the earlier jobs left; a manifest first, so that half a version is none. */
    void delete() throws IOException {
        for (Path job : jobs) {
            if (Files.isDirectory(job)) {
                for (Path whole : AbandonedState.wholeVersions(job)) {
                    Files.deleteIfExists(whole.resolve(Manifest.NAME));
                }
                FileTree.delete(job);
            }
        }
    }

    @Override
    public String toString() {
        return "goes on from " + version + ", which an earlier job left in " + folder;
    }
}
