/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

/**
 * The control connection of one process, as TCP has it: records arrive late but in order, or the connection breaks and
 * what was under way is lost. Where the network is noisy a record may arrive once more, later than those after it.
 */
final class Link {
    private static final long MS = 1_000_000L;
    private static final long LATEST_DUPLICATE_NS = 200 * MS;

    private final VirtualTime time;
    private final Chance chance;
    private final int duplicatePercent;
    private boolean broken;
    private long upNs;
    private long downNs;
    private long upHeldUntilNs;
    private long downHeldUntilNs;
    private long slownessUntilNs;

    Link(VirtualTime time, Chance chance, int duplicatePercent) {
        this.time = time;
        this.chance = chance;
        this.duplicatePercent = duplicatePercent;
    }

    void cut() {
        broken = true;
    }

    void hold(boolean up, boolean down, long forNs) {
        long untilNs = time.nowNs() + forNs;
        upHeldUntilNs = up ? Math.max(upHeldUntilNs, untilNs) : upHeldUntilNs;
        downHeldUntilNs = down ? Math.max(downHeldUntilNs, untilNs) : downHeldUntilNs;
    }

    boolean isHeld() {
        return time.nowNs() < Math.max(upHeldUntilNs, downHeldUntilNs);
    }

    boolean isBroken() {
        return broken;
    }

    void slowUntil(long atNs) {
        slownessUntilNs = Math.max(slownessUntilNs, atNs);
    }

    /** The connection itself: made once. */
    void connect(Runnable arrival) {
        upNs = time.nowNs() + delay();
        time.at(upNs, () -> unlessBroken(arrival));
    }

    void up(Runnable arrival) {
        upNs = Math.max(Math.max(upNs, upHeldUntilNs), time.nowNs() + delay());
        deliver(upNs, arrival);
    }

    void down(Runnable arrival) {
        downNs = Math.max(Math.max(downNs, downHeldUntilNs), time.nowNs() + delay());
        deliver(downNs, arrival);
    }

    /** The other end is gone; noticed after the last record, or at once where that is lost. */
    void closed(Runnable noticed) {
        long atNs = time.nowNs() + chance.between(4 * MS, 12 * MS);
        time.at(broken ? atNs : Math.max(atNs, Math.max(upNs, upHeldUntilNs)), noticed);
    }

    private long delay() {
        long delayNs = chance.between(20_000, 3 * MS);
        return time.nowNs() < slownessUntilNs ? 8 * delayNs : delayNs;
    }

    private void deliver(long atNs, Runnable arrival) {
        time.at(atNs, () -> unlessBroken(arrival));
        if (duplicatePercent > 0 && chance.percent(duplicatePercent)) {
            time.at(atNs + chance.between(0, LATEST_DUPLICATE_NS), () -> unlessBroken(arrival));
        }
    }

    private void unlessBroken(Runnable arrival) {
        if (!broken) {
            arrival.run();
        }
    }
}
