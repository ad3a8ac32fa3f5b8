/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.detect.StragglerScore;
import dev.convoy.fault.detect.StragglerScore.Straggler;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is done about ranks that stay slower than the others, over all epochs. */
final class Stragglers {
    private final Job job;
    // Each place once: where the machine is slow, another process on it would be as slow.
    private final Set<Integer> places = new HashSet<>();

    Stragglers(Job job) {
        this.job = job;
    }

    boolean areWatched() {
        return job.spec.stragglers() != StragglerPolicy.OFF;
    }

    /** Launch ranks at which a process was replaced. */
    List<Integer> replaced() {
        return List.copyOf(places);
    }

    void inherit(List<Integer> replaced) {
        places.addAll(replaced);
    }

    /** Called at most once an epoch for each member. */
    void found(MemberStatus status, Straggler straggler) {
        boolean replace = job.spec.stragglers() == StragglerPolicy.REPLACE && places.add(status.launchRank());
        job.warn(String.format(
                Locale.ROOT,
                "%s stays %.0f %% slower than the others (%d seconds or more, p < %.0e)%s",
                status,
                100 * straggler.excess(),
                StragglerScore.WINDOW,
                Math.max(straggler.probability(), 1e-12),
                replace ? "; another process takes its place" : ""));
        if (replace) {
            job.changes.leave(status);
        }
    }
}
