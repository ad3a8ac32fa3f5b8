/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.ControlServer;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;

/** Hands what is heard of ranks, by their connections, their parent and other nodes, to the event thread. */
final class RankEvents implements ControlServer.Listener, LocalRanks.Listener {
    private final EventQueue events;
    private final ProcessEnds ends = new ProcessEnds();

    RankEvents(EventQueue events) {
        this.events = events;
    }

    @Override
    public void connected(MemberId member, long pid) {
        events.post(now -> new CoordinatorEvent.Connected(now, member, pid));
    }

    @Override
    public void received(MemberId member, RankMessage message) {
        events.post(now -> new CoordinatorEvent.Received(now, member, message));
    }

    @Override
    public void disconnected(MemberId member) {
        ends.awaitBriefly(member);
        events.post(now -> new CoordinatorEvent.Disconnected(now, member));
    }

    @Override
    public void ended(MemberId member, int status) {
        events.post(now -> new CoordinatorEvent.Exited(now, member, ExitText.of(status), status));
        ends.ended(member);
    }

    @Override
    public void notStarted(MemberId member, String reason) {
        events.post(now -> new CoordinatorEvent.SpawnFailed(now, member.launchRank(), reason));
    }
}
