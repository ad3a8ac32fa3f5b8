/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.report;

import dev.convoy.launcher.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a report goes. Checked before the ranks start: a report that cannot be written is worth no run. */
public final class ReportFile {
    private final Path file;
    private final boolean special;

    private ReportFile(Path file, boolean special) {
        this.file = file;
        this.special = special;
    }

    /**
     * Checks that a job's report can be written.
     *
     * @param file where to
     * @return the place
     * @throws UsageException if it cannot be written
     */
    public static ReportFile check(Path file) {
        return check("--report", file);
    }

    /**
     * Checks that a report can be written.
     *
     * @param option the option that named the file, for the error
     * @param file where to
     * @return the place
     * @throws UsageException if it cannot be written
     */
    public static ReportFile check(String option, Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        if (Files.isDirectory(absolute)) {
            throw new UsageException(option + " " + file + ": is a folder; name a file");
        }
        // A pipe or a device cannot be replaced by a rename.
        boolean special = Files.exists(absolute) && !Files.isRegularFile(absolute);
        if (special) {
            return new ReportFile(absolute, true);
        }
        if (!Files.isDirectory(absolute.getParent())) {
            throw new UsageException(option + " " + file + ": there is no folder " + absolute.getParent());
        }
        try {
            AtomicFile.probe(absolute);
        } catch (IOException e) {
            throw new UsageException(option + " " + file + ": cannot write in " + absolute.getParent(), e);
        }
        return new ReportFile(absolute, false);
    }

    /**
     * Writes the report.
     *
     * @param report the report
     * @throws IOException if it can no longer be written
     */
    public void write(Report report) throws IOException {
        write(Json.write(report::write));
    }

    /**
     * Writes a report of any kind.
     *
     * @param text its bytes
     * @throws IOException if it can no longer be written
     */
    public void write(byte[] text) throws IOException {
        if (special) {
            Files.write(file, text);
        } else {
            AtomicFile.write(file, text);
        }
    }
}
