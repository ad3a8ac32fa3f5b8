/* SPDX-License-Identifier: Apache-2.0 */
/** The agent of a job, and the command line. */
// HdrHistogram has no module descriptor; its jar's name, which is its artifact's, is its name.
@SuppressWarnings("requires-automatic")
module dev.convoy.launcher {
    requires transitive dev.convoy.fault;
    // The exec helper and the search for runtimes that doctor shows.
    requires dev.convoy.bindings;
    requires info.picocli;
    requires com.fasterxml.jackson.core;
    // Reads what NCCL's RAS service says.
    requires com.fasterxml.jackson.databind;
    // Latencies in perf.
    requires HdrHistogram;

    exports dev.convoy.launcher;

    // picocli fills in the options' fields by reflection.
    opens dev.convoy.launcher to
            info.picocli;
    opens dev.convoy.launcher.cli to
            info.picocli;
    opens dev.convoy.launcher.perf to
            info.picocli;

    uses dev.convoy.launcher.CommandProvider;
}
