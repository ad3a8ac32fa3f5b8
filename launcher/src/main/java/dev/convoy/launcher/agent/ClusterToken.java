/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.launcher.UsageException;
import dev.convoy.launcher.report.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * What the agents of a user have in common and nobody else knows: a variable, or a file in the user's state folder that
 * whoever comes first writes.
 */
final class ClusterToken {
    static final String VARIABLE = "CONVOY_CLUSTER_TOKEN";

    private static final String FILE = "cluster-token";
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");
    private static final int LEAST_CHARS = 16;

    private ClusterToken() {}

    static String get() {
        String given = System.getenv(VARIABLE);
        if (given != null) {
            if (given.length() < LEAST_CHARS) {
                throw new UsageException(
                        VARIABLE + " is too short to be a secret: at least " + LEAST_CHARS + " characters");
            }
            return given;
        }
        return ofUser(StateFolder.ofUser().toAbsolutePath());
    }

    static String ofUser(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            Files.createDirectories(folder);
            if (!Files.exists(file)) {
                create(folder, file);
            }
            if (!Files.getPosixFilePermissions(file).equals(OWN)) {
                throw new UsageException(file + " can be read by others: delete it, or chmod 600");
            }
            String token = Files.readString(file).strip();
            if (token.length() < LEAST_CHARS) {
                throw new UsageException(file + " is damaged: delete it");
            }
            return token;
        } catch (IOException e) {
            throw new UsageException(
                    "the agents' common secret " + file + " cannot be had (" + Reason.of(e) + "); set " + VARIABLE, e);
        }
    }

    // Whole before it has its name: another agent may look for it at this moment. A link fails where the name is taken.
    private static void create(Path folder, Path file) throws IOException {
        Path beside = Files.createTempFile(folder, FILE, ".new", PosixFilePermissions.asFileAttribute(OWN));
        try {
            Files.write(beside, JobRun.newToken().getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
            Files.createLink(file, beside);
            AtomicFile.sync(folder);
        } catch (FileAlreadyExistsException e) {
            return; // the other one's is as good
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
