/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the ranks are told by their environment: all that an agent tells them, and what a test wants of them. */
final class RankVariables {
    private final JobSpec spec;
    private final Map<String, String> chosen = new ConcurrentHashMap<>();

    RankVariables(JobSpec spec) {
        this.spec = spec;
    }

    void set(String name, String value) {
        chosen.put(name, value);
    }

    /** Lets the job go on from a version that an earlier one left on disk. */
    void resumeFrom(Path version) {
        set("CONVOY_RESUME_FROM", version.toString());
    }

    /** Ranks wait less than the deadline in a step, once they know how long their steps are. */
    void adaptDeadlines() {
        set("CONVOY_DEADLINE", "auto");
    }

    /** A bit of a launch rank's replicated state flips after a step, and so on after the next ones. */
    void flipBits(int launchRank, long step, int times) {
        set(SumProgram.FLIP, launchRank + "@" + step);
        set(SumProgram.FLIPS, String.valueOf(times));
        set("CONVOY_ON_DIVERGENCE", "rollback");
    }

    /** The program of a launch rank asks to leave at a step. */
    void leave(int launchRank, long step) {
        set(SumProgram.LEAVE, launchRank + "@" + step);
    }

    void fill(Map<String, String> environment, MemberId member, int port, String faults) {
        environment.put("CONVOY_AGENT", "127.0.0.1:" + port);
        environment.put("CONVOY_TOKEN", TestAgent.TOKEN);
        environment.put("CONVOY_RANK", String.valueOf(member.launchRank()));
        environment.put("CONVOY_WORLD_SIZE", String.valueOf(spec.ranks()));
        environment.put("CONVOY_INCARNATION", String.valueOf(member.incarnation()));
        environment.put("CONVOY_RUNTIME", "host");
        environment.put("CONVOY_DEADLINE_MS", String.valueOf(spec.deadlineNs() / 1_000_000));
        environment.put("CONVOY_FAULTS", faults);
        environment.put("CONVOY_STATE_DIR", spec.stateDirectory() == null ? "" : spec.stateDirectory());
        environment.put("CONVOY_DURABLE_EVERY_MS", "100");
        environment.putAll(chosen);
    }
}
