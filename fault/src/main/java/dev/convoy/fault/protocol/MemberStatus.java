/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.detect.PhiAccrual;

/** What the coordinator knows about one process. Timer values are on the detector's clock. */
final class MemberStatus {
    private static final int LARGEST_STATUS = 128;

    private final MemberId bornAs;
    private final int node;
    private final long spawnedNs;
    private final PhiAccrual suspicion = new PhiAccrual();
    private MemberId id;
    // What a person calls it while it has no place in the group.
    private String reserveName;
    private boolean reserve;
    private boolean departed;
    private boolean connected;
    private boolean excluded;
    private boolean exited;
    private String end;
    private int status;
    private boolean fenced;
    private boolean stopped;
    private boolean member;
    private long heardNs;
    private long fenceDueNs = Long.MAX_VALUE;
    private long epoch;
    private long step;
    private long stepSinceNs;
    private long longestStepNs;
    private long enqueued;
    private RankMessage.Standing standing;

    MemberStatus(MemberId id, int node, long spawnedNs) {
        this.node = node;
        this.id = id;
        bornAs = id;
        this.spawnedNs = spawnedNs;
    }

    MemberId id() {
        return id;
    }

    /** The name that its process was started with, and connects with. */
    MemberId bornAs() {
        return bornAs;
    }

    void keepInReserve(String name) {
        reserve = true;
        reserveName = name;
    }

    /** Started beside the group, without a place in it. */
    boolean isReserve() {
        return reserve;
    }

    void enlist(MemberId as) {
        reserve = false;
        reserveName = null;
        id = as;
    }

    /** Left by its own wish; it is expected to end. */
    boolean hasDeparted() {
        return departed;
    }

    void depart(long fenceDueNs) {
        departed = true;
        exclude(fenceDueNs);
    }

    /** Where it was started. */
    int node() {
        return node;
    }

    int launchRank() {
        return id.launchRank();
    }

    long spawnedNs() {
        return spawnedNs;
    }

    void connect(long timerNs) {
        connected = true;
        heardNs = timerNs;
    }

    boolean isConnected() {
        return connected;
    }

    void disconnect() {
        connected = false;
    }

    void exclude(long fenceDueNs) {
        excluded = true;
        this.fenceDueNs = fenceDueNs;
    }

    boolean isExcluded() {
        return excluded;
    }

    /** Excluded, still alive as far as we know, and its grace is over. */
    boolean mustBeFenced(long timerNs) {
        return excluded && !isGone() && timerNs >= fenceDueNs;
    }

    /** Fence was decided: not again. */
    void fencing() {
        fenceDueNs = Long.MAX_VALUE;
    }

    void exit(String how, int exitStatus) {
        exited = true;
        end = how;
        status = exitStatus;
    }

    /** Ended by itself and says that something is wrong, where a signal would come from outside. */
    boolean endedInFailure() {
        return exited && status != 0 && status <= LARGEST_STATUS;
    }

    /** How the process ended; null while it is not known to have. */
    String end() {
        return end;
    }

    boolean hasExited() {
        return exited;
    }

    void fence() {
        fenced = true;
    }

    /** Cannot act any more: SIGKILL was sent, or it has ended. */
    boolean isGone() {
        return exited || fenced;
    }

    /** Was in the member list of a published epoch. */
    boolean isMember() {
        return member;
    }

    void becomeMember() {
        member = true;
    }

    void heard(long timerNs) {
        heardNs = timerNs;
    }

    void heartbeat(RankMessage.Heartbeat heartbeat, long timerNs) {
        suspicion.heartbeat(timerNs);
        stopped = false;
        if (heartbeat.epoch() == epoch && heartbeat.step() > step) {
            longestStepNs = Math.max(longestStepNs, timerNs - stepSinceNs);
            stepSinceNs = timerNs;
        }
        at(heartbeat.epoch(), heartbeat.step(), heartbeat.enqueued());
    }

    /** A heartbeat of an earlier epoch may come late; its numbers count another communicator's operations. */
    void at(long epoch, long step, long enqueued) {
        if (epoch < this.epoch) {
            return;
        }
        this.epoch = epoch;
        this.step = step;
        this.enqueued = enqueued;
    }

    long step() {
        return step;
    }

    /** An epoch begins; the time until its first step is no step's time. */
    void enter(long epoch, long timerNs) {
        at(epoch, step, 0);
        stepSinceNs = timerNs;
    }

    /** The longest step seen so far, the one in progress included, to a heartbeat's precision. */
    long longestStepNs(long timerNs) {
        return Math.max(longestStepNs, timerNs - stepSinceNs);
    }

    long enqueued() {
        return enqueued;
    }

    void state(char letter) {
        stopped = letter == 'T' || letter == 't';
    }

    boolean isStopped() {
        return stopped;
    }

    long silentForNs(long timerNs) {
        return timerNs - heardNs;
    }

    /** What it said about itself when it came back to another coordinator; null before. */
    RankMessage.Standing standing() {
        return standing;
    }

    void stand(RankMessage.Standing where) {
        standing = where;
        longestStepNs = Math.max(longestStepNs, where.longestStepNs());
    }

    double phi(long timerNs) {
        return suspicion.phi(timerNs);
    }

    @Override
    public String toString() {
        return reserveName == null ? id.toString() : reserveName;
    }
}
