/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.Device;
import dev.convoy.Stream;
import dev.convoy.bindings.Posix;

/**
 * This process as its agent launched it: what it was told, the device that it was given, and how it ends.
 *
 * @param environment what the agent set
 * @param options the program's, except for what the agent wants otherwise
 * @param runtime closed with this
 * @param device the one that this process uses
 * @param stream of all copies; closed with this
 */
record LaunchedProcess(
        LaunchEnvironment environment, ElasticOptions options, ConvoyRuntime runtime, Device device, Stream stream)
        implements AutoCloseable {

    /**
     * Reads the environment and opens the runtime.
     *
     * @param options the program's
     * @throws NotLaunchedException if no agent launched this process, or it is gone
     */
    static LaunchedProcess prepare(ElasticOptions options) {
        LaunchEnvironment environment = LaunchEnvironment.read(System.getenv());
        endWithTheAgent(environment.agentPid());
        ConvoyRuntime runtime = ConvoyRuntime.open(environment.runtimeKind());
        ElasticOptions effective = environment.overrides().applyTo(options);
        Device device = runtime.device(environment.localRank() % runtime.deviceCount());
        return new LaunchedProcess(environment, effective, runtime, device, device.newStream());
    }

    // A shell between the agent and this process would otherwise break the chain of death signals.
    private static void endWithTheAgent(int agentPid) {
        Posix.setParentDeathSignal(Posix.SIGKILL);
        boolean direct = Posix.parentPid() == agentPid;
        if (agentPid > 0
                && !direct
                && !ProcessHandle.of(agentPid).map(ProcessHandle::isAlive).orElse(false)) {
            throw new NotLaunchedException("the agent that started this process (pid " + agentPid + ") is gone");
        }
    }

    /** Ends this process in the midst of whatever it does: its place is no longer in the group. */
    static void halt(int exitStatus, String reason) {
        if (!reason.isEmpty()) {
            System.err.println("convoy: this rank ends: " + reason);
            System.err.flush();
        }
        Runtime.getRuntime().halt(exitStatus);
    }

    CommunicatorOptions communicatorOptions() {
        return CommunicatorOptions.defaults()
                .withName("group")
                .withDeadline(environment.deadline())
                .withInitDeadline(options.initDeadline());
    }

    /** Links what a recovery needs while nobody waits for it. */
    void rehearse() {
        new Rehearsal(environment, communicatorOptions(), device, stream).run();
    }

    @Override
    @SuppressWarnings("try") // Only ever closed, in the reverse order of their creation.
    public void close() {
        try (runtime;
                stream) {
            // Nothing else: whatever was made on them is gone.
        }
    }
}
