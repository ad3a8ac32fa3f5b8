/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.protocol.RestorePlan;
import java.util.List;

/**
 * Holds what the ranks got in a restore against what was stored. Each byte of a shard went to one rank, which
 * checksummed it on arrival; together these checksums must give the one that the shard had when its version was
 * committed. So damage in the memory of a holder and damage on the way are found alike, and nobody reads anything
 * twice.
 *
 * <p>The ranks add up their numbers: the checksum of each piece, of each old shard, and of the replicated state, each
 * known to one rank and zero at all others.
 */
final class RestoreProof {
    private final StateShape shape;
    private final RestorePlan plan;
    private final List<Transfer> transfers;

    RestoreProof(StateShape shape, RestorePlan plan, List<Transfer> transfers) {
        this.shape = shape;
        this.plan = plan;
        this.transfers = transfers;
    }

    /**
     * Most numbers that a restore of this shape can need. Cuts of n and m shards lie at no more than n + m places.
     *
     * @param shape the states
     * @param largestWorld most ranks that an epoch can have
     */
    static long mostNumbers(StateShape shape, int largestWorld) {
        return 2L * largestWorld * shape.sharded().size() + largestWorld + 1;
    }

    /** As many zeros as there are numbers. */
    long[] unknown() {
        return new long[transfers.size() + plan.shardCount() + 1];
    }

    void putPiece(long[] numbers, int transfer, long checksum) {
        numbers[transfer] = checksum;
    }

    void putShard(long[] numbers, int shard, long checksum) {
        numbers[transfers.size() + shard] = checksum;
    }

    void putReplicated(long[] numbers, long checksum) {
        numbers[numbers.length - 1] = checksum;
    }

    /** What the replicated state had when it was stored. */
    long replicated(long[] numbers) {
        return numbers[numbers.length - 1];
    }

    /**
     * Compares; all ranks come to the same result.
     *
     * @throws DamagedTransferException if the pieces of a shard do not give what was stored
     */
    void requireWhole(long[] numbers) {
        int[] sources = plan.shardSource();
        for (int shard = 0; shard < sources.length; shard++) {
            JoinedChecksum joined = new JoinedChecksum();
            for (int i = 0; i < transfers.size(); i++) {
                Transfer transfer = transfers.get(i);
                if (transfer.oldShard() == shard) {
                    joined.zerosTo(transfer.oldOffset());
                    joined.add(numbers[i], transfer.bytes());
                }
            }
            joined.zerosTo(shape.shardBytes(shard, plan.shardCount()));
            if (joined.value() != numbers[transfers.size() + shard]) {
                String origin =
                        sources[shard] < 0 ? " was computed from parity" : " from rank " + sources[shard] + " arrived";
                throw new DamagedTransferException("shard " + shard + " of snapshot " + plan.version() + origin
                        + " with another checksum than it was stored with");
            }
        }
    }

    /** Checksum of a new shard, by those of its pieces. */
    long newShard(long[] numbers, int shard, int shards) {
        JoinedChecksum joined = new JoinedChecksum();
        for (int i = 0; i < transfers.size(); i++) {
            Transfer transfer = transfers.get(i);
            if (transfer.newShard() == shard) {
                joined.zerosTo(transfer.newOffset());
                joined.add(numbers[i], transfer.bytes());
            }
        }
        joined.zerosTo(shape.shardBytes(shard, shards));
        return joined.value();
    }
}
