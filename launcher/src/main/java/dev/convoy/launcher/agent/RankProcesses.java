/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.MemberId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every process that the job started, ended ones included. Event thread only. */
final class RankProcesses {
    private final Map<MemberId, RankProcess> processes = new LinkedHashMap<>();
    private final Spawner spawner;
    private final LocalPlaces places;

    /**
     * No processes yet.
     *
     * @param spawner starts them
     * @param ranks of the job, without spares
     */
    RankProcesses(Spawner spawner, int ranks) {
        this.spawner = spawner;
        places = new LocalPlaces(ranks, member -> processes.get(member).mayLive());
    }

    void spawn(MemberId member, Map<String, String> environment) {
        RankProcess process = new RankProcess(member);
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("CONVOY_LOCAL_RANK", Integer.toString(places.give(member)));
        processes.put(member, process);
        spawner.spawn(process, variables);
    }

    /** Every process that was to be started here. */
    Set<MemberId> started() {
        return Set.copyOf(processes.keySet());
    }

    void connected(MemberId member, long pid) {
        RankProcess process = processes.get(member);
        if (process != null) {
            process.connected(pid);
        }
    }

    /** The members that said, when they connected, that these are their process ids. */
    List<MemberId> withPids(Set<Long> pids) {
        return processes.values().stream()
                .filter(process -> pids.contains(process.pid()))
                .map(RankProcess::member)
                .toList();
    }

    void kill(MemberId member) {
        RankProcess process = processes.get(member);
        if (process != null) {
            process.kill();
        }
    }

    /** Kills those that there are now; for any thread. */
    Runnable killer() {
        List<RankProcess> all = List.copyOf(processes.values());
        return () -> all.forEach(RankProcess::kill);
    }

    /** State letter of a member's process. */
    char state(MemberId member) {
        RankProcess process = processes.get(member);
        return process == null ? '?' : process.state();
    }

    /**
     * Kills what still lives and waits until all of it and its output has ended.
     *
     * @return the members that have not ended within the bound: a process in an uninterruptible wait of the system
     */
    List<MemberId> endAll(Duration bound) throws InterruptedException {
        processes.values().forEach(RankProcess::kill);
        long until = System.nanoTime() + bound.toNanos();
        List<MemberId> left = new ArrayList<>();
        for (RankProcess process : processes.values()) {
            if (!process.awaitEnd(Duration.ofNanos(Math.max(1, until - System.nanoTime())))) {
                left.add(process.member());
            }
        }
        return left;
    }
}
