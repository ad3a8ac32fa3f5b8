/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * How far this process has come with its group, and what the program may call there. Moved on by the user's thread;
 * whoever asks to leave may do so on any.
 */
final class LifeCycle {
    private volatile Stage stage = Stage.PREPARED;

    /** One after the other, but for failures. */
    enum Stage {
        /** Nobody has heard of this process yet. */
        PREPARED,
        /** It has a place in the group. */
        FORMED,
        /** In {@code run()}. */
        RUNNING,
        /** Every rank is done with its steps, and the result not told. */
        RELEASED,
        /** The agent knows that this process ends. */
        FINISHED,
        /** It left the group during {@code run()}. */
        LEFT,
        /** It did not come out of what it was doing. */
        FAILED,
        CLOSED
    }

    Stage stage() {
        return stage;
    }

    boolean hasLeft() {
        return stage == Stage.LEFT;
    }

    /** Whether {@code run()} was not called yet. */
    boolean awaitsRun() {
        return stage == Stage.PREPARED || stage == Stage.FORMED;
    }

    boolean isClosed() {
        return stage == Stage.CLOSED;
    }

    void requireOpen() {
        if (isClosed()) {
            throw new IllegalStateException("this group is closed");
        }
    }

    void requireNotLeft() {
        if (hasLeft()) {
            throw new IllegalStateException("this process has left the group; ask hasLeft() after run()");
        }
    }

    void requireRunning() {
        if (stage != Stage.RUNNING) {
            throw new IllegalStateException("leave() is for a process whose run() is under way");
        }
    }

    void requireReleased() {
        if (stage != Stage.RELEASED) {
            throw new IllegalStateException("finish() belongs after run(), once");
        }
    }

    /** The group is about to form: whoever does not come back from that with {@link #formed} has failed. */
    void forming() {
        stage = Stage.FAILED;
    }

    void formed() {
        stage = Stage.FORMED;
    }

    /** The steps are about to begin; once. */
    void running() {
        if (stage != Stage.FORMED) {
            throw new IllegalStateException("run() was called before");
        }
        stage = Stage.RUNNING;
    }

    /** The steps are over for this process. */
    void ran(boolean memberToTheEnd) {
        stage = memberToTheEnd ? Stage.RELEASED : Stage.LEFT;
    }

    /** {@code run()} ends, with or without {@link #ran}. */
    void runEnds() {
        if (stage == Stage.RUNNING) {
            stage = Stage.FAILED;
        }
    }

    void finished() {
        stage = Stage.FINISHED;
    }

    void closed() {
        stage = Stage.CLOSED;
    }
}
