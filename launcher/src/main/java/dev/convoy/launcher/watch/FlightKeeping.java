/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes the records of every incident where a folder was named for them. Where none was, it keeps the last few in
 * memory, and writes them only if the job fails: then they are wanted, and nobody asked for files otherwise.
 */
final class FlightKeeping {
    private static final int MOST = 8;
    /** Of all that is kept. The ranks of a large job send half as many each time, some 30 MB of the agent's memory. */
    private static final int MOST_OPERATIONS = 800_000;

    private final int mostOperations;
    private final Deque<Diagnosis> last = new ArrayDeque<>();
    private final Consumer<String> warnings;
    private final FlightDump dump;

    FlightKeeping(Optional<Path> folder, Consumer<String> warnings) {
        this(folder, warnings, MOST_OPERATIONS);
    }

    FlightKeeping(Optional<Path> folder, Consumer<String> warnings, int mostOperations) {
        this.warnings = warnings;
        this.mostOperations = mostOperations;
        dump = folder.map(named -> new FlightDump(named, warnings)).orElse(null);
    }

    void keep(Diagnosis diagnosis) {
        if (dump != null) {
            dump.write(diagnosis);
            return;
        }
        last.add(diagnosis);
        while (last.size() > MOST || last.size() > 1 && operations() > mostOperations) {
            last.remove();
        }
    }

    private long operations() {
        return last.stream()
                .flatMap(each -> each.records().values().stream())
                .mapToLong(record -> record.operations().size())
                .sum();
    }

    void finish(Optional<Path> failedFolder) {
        if (dump != null) {
            dump.close();
        } else if (failedFolder.isPresent() && !last.isEmpty()) {
            try (FlightDump late = new FlightDump(failedFolder.get(), warnings)) {
                last.forEach(late::write);
            }
        }
    }
}
