/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** The options about watching a job, as a picocli mixin. */
final class WatchOptions {
    private static final int LARGEST_PORT = 65_535;

    @Option(
            names = "--metrics-port",
            paramLabel = "P",
            description =
                    "Show the job at http://127.0.0.1:P/, and its metrics for Prometheus at /metrics. 0: any port.")
    private Integer metricsPort;

    @Option(
            names = "--metrics-address",
            paramLabel = "ADDRESS",
            description = "Address of that port. Whoever reaches it can see the job. Default: 127.0.0.1.")
    private String metricsAddress;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write the same page as a file when the job has ended.")
    private Path html;

    @Option(
            names = "--flight-recorder",
            paramLabel = "DIR",
            description = "Keep the ranks' last operations at each incident in this folder, as JSON.")
    private Path flightRecorder;

    WatchOptions() {}

    void applyTo(JobRequestBuilder request) {
        if (metricsPort != null && (metricsPort < 0 || metricsPort > LARGEST_PORT)) {
            throw new UsageException("--metrics-port " + metricsPort + ": must be 0 to " + LARGEST_PORT);
        }
        if (metricsAddress != null && metricsPort == null) {
            throw new UsageException("--metrics-address needs --metrics-port");
        }
        request.watching(new Watching(
                metricsPort == null ? OptionalInt.empty() : OptionalInt.of(metricsPort),
                address(),
                Optional.ofNullable(html),
                Optional.ofNullable(flightRecorder)));
    }

    private InetAddress address() {
        if (metricsAddress == null) {
            return InetAddress.getLoopbackAddress();
        }
        try {
            return InetAddress.getByName(metricsAddress);
        } catch (UnknownHostException e) {
            throw new UsageException("--metrics-address " + metricsAddress + ": there is no such address", e);
        }
    }
}
