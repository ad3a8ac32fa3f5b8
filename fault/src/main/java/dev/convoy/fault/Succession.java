/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;

/**
 * What the agent tells a rank of coordinators that may follow the present one.
 *
 * @param directory who knows of them: this node's agent, on loopback; null where a lost coordinator is the job's end
 * @param term fencing token of the present one
 * @param bound how long a rank looks for the next one before it ends
 * @param lease how long it bears the coordinator's silence; null for as long as the connection stands
 */
record Succession(InetSocketAddress directory, long term, Duration bound, Duration lease) {
    static final Succession NONE = new Succession(null, 0, Duration.ZERO, null);

    /** Longer than the lease of a leader, and than what an election takes. */
    private static final Duration BOUND = Duration.ofSeconds(8);

    static Succession read(Map<String, String> environment) {
        return new Succession(
                LaunchEnvironment.optional(environment, "CONVOY_DIRECTORY", Succession::port),
                orElse(LaunchEnvironment.optional(environment, "CONVOY_TERM", Long::parseLong), 0L),
                orElse(LaunchEnvironment.optional(environment, "CONVOY_TAKEOVER_MS", Succession::millis), BOUND),
                LaunchEnvironment.optional(environment, "CONVOY_LEASE_MS", Succession::millis));
    }

    boolean isPossible() {
        return directory != null;
    }

    private static InetSocketAddress port(String text) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), LaunchEnvironment.bounded(text, 1, 65_535));
    }

    private static Duration millis(String text) {
        return Duration.ofMillis(LaunchEnvironment.bounded(text, 1_000, 3_600_000));
    }

    private static <T> T orElse(T value, T fallback) {
        return value == null ? fallback : value;
    }
}
