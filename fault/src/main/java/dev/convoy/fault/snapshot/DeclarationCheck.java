/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.StateMismatchException;
import dev.convoy.fault.protocol.RestorePlan;

/**
 * Compares what the ranks declared before anything is exchanged whose size depends on it. A replacement may have been
 * started from a program that was changed on disk meanwhile: then it must go, not those that hold the state.
 */
public final class DeclarationCheck implements AutoCloseable {
    private final Stream stream;
    private final long declaration;
    private final DeviceBuffer mine;
    private final DeviceBuffer all;

    /**
     * Creates the check.
     *
     * @param device where its few bytes are
     * @param stream where the exchange is enqueued
     * @param largestWorld most ranks that an epoch can have
     * @param declaration hash of what this rank declared
     */
    public DeclarationCheck(Device device, Stream stream, int largestWorld, long declaration) {
        this.stream = stream;
        this.declaration = declaration;
        mine = device.allocate(DataType.INT64, 1);
        all = device.allocate(DataType.INT64, largestWorld);
        mine.copyFrom(new long[] {declaration});
    }

    /**
     * Compares all ranks with the one that serves the replicated state. A collective call.
     *
     * @param members the epoch
     * @param plan its restore plan
     * @throws StateMismatchException if this rank is the one that differs
     * @throws DamagedTransferException if another one does; the coordinator leaves that one out
     */
    public void requireEqual(Membership members, RestorePlan plan) {
        DeviceBuffer gathered = all.slice(0, members.worldSize());
        members.communicator().allGather(mine, gathered, stream).await();
        long[] declarations = new long[members.worldSize()];
        gathered.copyTo(declarations);
        int reference = Math.max(0, plan.replicatedSource());
        for (int rank = 0; rank < declarations.length; rank++) {
            if (declarations[rank] != declarations[reference]) {
                String difference = "rank " + rank + ", compared with rank " + reference
                        + ", declared other states, steps or options";
                if (declaration != declarations[reference]) {
                    throw new StateMismatchException(difference);
                }
                throw new DamagedTransferException(difference);
            }
        }
    }

    /** Frees the device memory. Idempotent. */
    @Override
    public void close() {
        mine.close();
        all.close();
    }
}
