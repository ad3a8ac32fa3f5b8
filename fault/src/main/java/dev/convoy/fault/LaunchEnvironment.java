/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.RuntimeKind;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Redundancy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What the agent tells a rank through its environment.
 *
 * @param host address of the agent's control port
 * @param port the port
 * @param token secret of the job
 * @param self this process
 * @param localRank its place among the processes of its machine, which says which device it uses
 * @param launchSize ranks at launch
 * @param runtime {@code auto}, {@code cuda} or {@code host}
 * @param deadline bound of a communicator's operation
 * @param adaptiveDeadline whether steps that have been shorter so far are waited for less long
 * @param faults faults not fired yet, of all ranks
 * @param stateDirectory where durable versions go, or null
 * @param resumedFrom folder of the durable version that the job goes on from, or null
 * @param durableEvery time between durable versions
 * @param overrides what the agent wants whatever the program says
 * @param agentPid process that started this one, or 0 if unknown
 * @param succession coordinators that may follow the present one
 */
record LaunchEnvironment(
        String host,
        int port,
        String token,
        MemberId self,
        int localRank,
        int launchSize,
        String runtime,
        Duration deadline,
        boolean adaptiveDeadline,
        List<FaultSpec> faults,
        Path stateDirectory,
        Path resumedFrom,
        Duration durableEvery,
        OptionOverrides overrides,
        int agentPid,
        Succession succession) {
    private static final String HOW = "start this program with: convoy run -n N -- java …";

    static LaunchEnvironment read(Map<String, String> environment) {
        if (!environment.containsKey("CONVOY_AGENT")) {
            throw new NotLaunchedException("this process has no agent (CONVOY_AGENT is not set); " + HOW);
        }
        String agent = environment.get("CONVOY_AGENT");
        int colon = agent.lastIndexOf(':');
        return new LaunchEnvironment(
                colon < 1 ? agent : agent.substring(0, colon),
                value(environment, "CONVOY_AGENT", text -> bounded(text.substring(colon + 1), 1, 65_535)),
                value(environment, "CONVOY_TOKEN", LaunchEnvironment::notBlank),
                new MemberId(
                        value(environment, "CONVOY_RANK", text -> bounded(text, 0, 1 << 14)),
                        value(environment, "CONVOY_INCARNATION", text -> bounded(text, 0, 1 << 20))),
                localRank(environment),
                value(environment, "CONVOY_WORLD_SIZE", text -> bounded(text, 1, 1 << 14)),
                environment.getOrDefault("CONVOY_RUNTIME", "auto"),
                millis(environment, "CONVOY_DEADLINE_MS", "30000"),
                "auto".equals(environment.get("CONVOY_DEADLINE")),
                faults(environment),
                folder(environment, "CONVOY_STATE_DIR"),
                folder(environment, "CONVOY_RESUME_FROM"),
                millis(environment, "CONVOY_DURABLE_EVERY_MS", "10000"),
                overrides(environment),
                agentPid(environment),
                Succession.read(environment));
    }

    private static Redundancy redundancy(Map<String, String> environment) {
        if (environment.containsKey("CONVOY_PARITY")) {
            return value(environment, "CONVOY_PARITY", Redundancy.Parity::parse);
        }
        return environment.containsKey("CONVOY_REPLICAS")
                ? new Redundancy.Copies(
                        value(environment, "CONVOY_REPLICAS", text -> bounded(text, 1, ElasticOptions.MOST_REPLICAS)))
                : null;
    }

    private static OptionOverrides overrides(Map<String, String> environment) {
        return new OptionOverrides(
                redundancy(environment),
                environment.containsKey("CONVOY_ON_DIVERGENCE")
                        ? value(environment, "CONVOY_ON_DIVERGENCE", OnDivergence::of)
                        : null,
                environment.containsKey("CONVOY_SNAPSHOT_EVERY")
                        ? value(environment, "CONVOY_SNAPSHOT_EVERY", LaunchEnvironment::interval)
                        : null,
                environment.containsKey("CONVOY_MTBF_MS")
                        ? value(environment, "CONVOY_MTBF_MS", text -> Duration.ofMillis(positive(text)))
                        : null);
    }

    private static Integer interval(String text) {
        return text.equals("auto") ? ElasticOptions.AUTO : bounded(text, 1, Integer.MAX_VALUE);
    }

    private static long positive(String text) {
        long number = Long.parseLong(text);
        if (number < 1) {
            throw new IllegalArgumentException(number + " is not positive");
        }
        return number;
    }

    private static Path folder(Map<String, String> environment, String name) {
        String path = environment.getOrDefault(name, "");
        return path.isBlank() ? null : Path.of(path);
    }

    /** Which runtime the agent wants. */
    RuntimeKind runtimeKind() {
        return switch (runtime) {
            case "cuda" -> RuntimeKind.CUDA;
            case "host" -> RuntimeKind.HOST;
            case "auto" -> RuntimeKind.AUTO;
            default ->
                throw new NotLaunchedException(
                        "the environment has CONVOY_RUNTIME=" + runtime + "; it must be auto, cuda or host");
        };
    }

    /** The same without durable versions. */
    LaunchEnvironment withoutStateDirectory() {
        return new LaunchEnvironment(
                host,
                port,
                token,
                self,
                localRank,
                launchSize,
                runtime,
                deadline,
                adaptiveDeadline,
                faults,
                null,
                null,
                durableEvery,
                overrides,
                agentPid,
                succession);
    }

    private static <T> T value(Map<String, String> environment, String name, Function<String, T> parser) {
        String text = environment.get(name);
        if (text == null) {
            throw new NotLaunchedException("the environment lacks " + name + "; " + HOW);
        }
        try {
            return parser.apply(text);
        } catch (RuntimeException e) {
            throw new NotLaunchedException(
                    "the environment has a damaged " + name + " (" + e.getMessage() + "); " + HOW);
        }
    }

    // Whoever starts ranks without numbering them on each machine has but one machine.
    private static int localRank(Map<String, String> environment) {
        String name = environment.containsKey("CONVOY_LOCAL_RANK") ? "CONVOY_LOCAL_RANK" : "CONVOY_RANK";
        return value(environment, name, text -> bounded(text, 0, 1 << 14));
    }

    private static int agentPid(Map<String, String> environment) {
        String name = "CONVOY_AGENT_PID";
        String text = environment.getOrDefault(name, "0");
        return value(Map.of(name, text), name, given -> bounded(given, 0, Integer.MAX_VALUE));
    }

    private static List<FaultSpec> faults(Map<String, String> environment) {
        if (!environment.containsKey("CONVOY_FAULTS")) {
            return List.of();
        }
        return value(environment, "CONVOY_FAULTS", FaultSpec::parseList);
    }

    private static Duration millis(Map<String, String> environment, String name, String fallback) {
        String text = environment.getOrDefault(name, fallback);
        return value(Map.of(name, text), name, given -> Duration.ofMillis(bounded(given, 1, Integer.MAX_VALUE)));
    }

    /** Null if there is no such variable. */
    static <T> T optional(Map<String, String> environment, String name, Function<String, T> parser) {
        return environment.containsKey(name) ? value(environment, name, parser) : null;
    }

    static int bounded(String text, int least, int most) {
        int number = Integer.parseInt(text);
        if (number < least || number > most) {
            throw new IllegalArgumentException(number + " is not in " + least + ".." + most);
        }
        return number;
    }

    private static String notBlank(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("it is empty");
        }
        return text;
    }
}
