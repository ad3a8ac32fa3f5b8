/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.fault.detect.PhiAccrual;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;

/** What is shown of one process. Guarded by its {@link JobHistory}. */
final class RankView {
    final MemberId member;
    final PhiAccrual suspicion = new PhiAccrual();
    State state = State.STARTING;
    /** In the communicator of the present epoch; −1 if it is not in it. */
    int rank = -1;

    long pid;
    long epoch;
    long step;
    long enqueued;
    long completed;
    /** 0 before the first sign of life. */
    long heardNs;

    String end = "";
    RankMessage.Snapshots snapshots;

    /** What a process is doing. */
    enum State {
        /** Not connected yet, or not in an epoch yet. */
        STARTING,
        /** Ready to take a place. */
        RESERVE,
        /** In the present epoch. */
        WORKING,
        /** The group is being formed anew. */
        RECOVERING,
        /** Its place is taken, or the others went on without it. */
        LOST,
        /** Through with its program. */
        FINISHED
    }

    RankView(MemberId member) {
        this.member = member;
    }

    /** The same process under another name. */
    RankView as(MemberId place) {
        RankView other = new RankView(place);
        other.pid = pid;
        other.heardNs = heardNs;
        return other;
    }

    boolean isLive() {
        return state != State.LOST && state != State.FINISHED;
    }

    double phi(long nowNs) {
        return isLive() && heardNs != 0 ? suspicion.phi(nowNs) : 0;
    }
}
