/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * The snapshots of this process's run, for whoever may ask for them at any time: there are none before {@code run()},
 * since states may still be declared. Used by the user's thread.
 */
final class RunSnapshots implements AutoCloseable {
    /** Null before the run. */
    private SnapshotKeeper keeper;

    /** Takes the snapshots in, which are closed with this, and makes their memory. */
    void reserve(SnapshotKeeper ofTheRun) {
        keeper = ofTheRun;
        keeper.reserve();
    }

    /** Null before the run. */
    SnapshotKeeper keeper() {
        return keeper;
    }

    /** Waits until the declared buffers may be changed. */
    void awaitCopied() {
        if (keeper != null) {
            keeper.awaitCopied();
        }
    }

    /** What they need and have. */
    SnapshotMemory memory() {
        if (keeper == null) {
            throw new IllegalStateException("what snapshots need is known from run() on");
        }
        return keeper.memory();
    }

    /** Flips bits in the newest, if there is one. */
    void damageNewest() {
        if (keeper != null) {
            keeper.slots().damageNewest();
        }
    }

    @Override
    public void close() {
        if (keeper != null) {
            keeper.close();
        }
    }
}
