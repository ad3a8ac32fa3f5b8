/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.CoordinatorDirectory;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.SharedGpus;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The environment that tells a rank who it is and where its agent listens. */
final class RankEnvironment {
    private final Map<String, String> common = new HashMap<>();
    private final SharedGpus gpus;

    /**
     * The coordinator that ranks are started for.
     *
     * @param host where it listens
     * @param port its port
     * @param term its fencing token; 0 without a store
     * @param certificate hash of the certificate that it shows; empty if it speaks openly
     * @param directory who tells them of its successor, if there can be one
     */
    record Superior(String host, int port, long term, String certificate, Optional<CoordinatorDirectory> directory) {}

    private static String millis(long nanos) {
        return Long.toString(nanos / 1_000_000);
    }

    /**
     * Collects what all ranks get.
     *
     * @param request the job
     * @param token what they show the coordinator
     * @param coordinator whom
     * @param stateFolder where durable state goes
     * @param earlier folder of the durable version that the job goes on from, or empty
     */
    RankEnvironment(JobRequest request, String token, Superior coordinator, Path stateFolder, String earlier) {
        this.gpus = SharedGpus.of(RuntimeName.of(request.runtime()), processesHere(request));
        common.putAll(request.environment());
        common.put("PATH", searchPath());
        common.put("CLASSPATH", classPath());
        common.put("CONVOY_AGENT", coordinator.host() + ":" + coordinator.port());
        request.cluster().ifPresent(_ -> common.put("CONVOY_LEASE_MS", millis(Lease.LENGTH_NS)));
        coordinator.directory().ifPresent(directory -> {
            common.put("CONVOY_TERM", Long.toString(coordinator.term()));
            common.put("CONVOY_DIRECTORY", Integer.toString(directory.port()));
            common.put("CONVOY_TAKEOVER_MS", millis(Lease.SEARCH_NS));
        });
        common.put("CONVOY_AGENT_PID", Long.toString(ProcessHandle.current().pid()));
        common.put("CONVOY_TOKEN", token);
        common.put("CONVOY_TLS", coordinator.certificate());
        common.put("CONVOY_WORLD_SIZE", Integer.toString(request.ranks()));
        common.put("CONVOY_RUNTIME", request.runtime());
        common.put("CONVOY_DEADLINE_MS", Long.toString(request.deadline().toMillis()));
        if (request.adaptiveDeadline()) {
            common.put("CONVOY_DEADLINE", "auto");
        }
        common.put("CONVOY_STATE_DIR", stateFolder.toString());
        // Always: what the agent itself was started with is none of its ranks' affair.
        common.put("CONVOY_RESUME_FROM", earlier);
        common.put(
                "CONVOY_DURABLE_EVERY_MS", Long.toString(request.durableEvery().toMillis()));
    }

    /**
     * The most processes that this machine has to begin with. Where the agents meet on a loopback address it has all.
     */
    static int processesHere(JobRequest request) {
        return request.cluster()
                .filter(cluster -> !isLoopback(cluster.rendezvous()))
                .map(cluster -> Math.ceilDiv(request.ranks(), cluster.nodes())
                        + Math.ceilDiv(request.spares(), cluster.nodes()))
                .orElse(request.ranks() + request.spares());
    }

    private static boolean isLoopback(InetSocketAddress address) {
        return !address.isUnresolved() && address.getAddress().isLoopbackAddress();
    }

    /** The agent's own JDK first, so that {@code java} in a command is one that can run Convoy. */
    static String searchPath() {
        String jdk = Path.of(System.getProperty("java.home"), "bin").toString();
        String inherited = System.getenv("PATH");
        return inherited == null ? jdk : jdk + ":" + inherited;
    }

    private static String classPath() {
        String own = System.getenv("CLASSPATH");
        // Behind the user's own, whose versions of anything win. Empty means the working directory to a JVM.
        return (own == null || own.isEmpty() ? "." : own) + ":" + ConvoyClassPath.get();
    }

    /**
     * Variables of one process.
     *
     * @param member which
     * @param faults those that have not fired, as on a command line
     */
    Map<String, String> of(MemberId member, String faults) {
        Map<String, String> variables = new HashMap<>(gpus.variables(member.launchRank()));
        variables.putAll(common);
        variables.put("CONVOY_RANK", Integer.toString(member.launchRank()));
        variables.put("CONVOY_INCARNATION", Integer.toString(member.incarnation()));
        variables.put("CONVOY_FAULTS", faults);
        return variables;
    }
}
