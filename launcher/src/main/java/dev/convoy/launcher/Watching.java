/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a job is watched.
 *
 * @param metricsPort port of the live page and of the metrics, 0 for any that is free; empty for none
 * @param metricsAddress address that the port is opened on
 * @param htmlFile where to write the page once the job has ended, if anywhere
 * @param flightRecorder folder for the ranks' last operations at each incident; empty for the job's state folder, which
 *     is gone when the job succeeds
 */
public record Watching(
        OptionalInt metricsPort, InetAddress metricsAddress, Optional<Path> htmlFile, Optional<Path> flightRecorder) {
    /** Nothing beside what every job does. */
    public static final Watching USUAL =
            new Watching(OptionalInt.empty(), InetAddress.getLoopbackAddress(), Optional.empty(), Optional.empty());
}
