/* SPDX-License-Identifier: Apache-2.0 */
/** The agent of a job, and the command line. */
// HdrHistogram and the Prometheus client have no module descriptors; their names are those of their jars or manifests.
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
    // The live page and the metrics.
    requires jdk.httpserver;
    requires io.prometheus.metrics.model;
    requires io.prometheus.writer.text;

    exports dev.convoy.launcher;

    // picocli fills in the options' fields by reflection.
    opens dev.convoy.launcher to
            info.picocli;
    opens dev.convoy.launcher.cli to
            info.picocli;
    opens dev.convoy.launcher.perf to
            info.picocli;

    uses dev.convoy.launcher.CommandProvider;
    // On the class path: a store's client may be no module.
    uses dev.convoy.fault.store.JobStoreProvider;
}
