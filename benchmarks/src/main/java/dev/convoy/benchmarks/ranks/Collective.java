/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.ranks;

import dev.convoy.ReduceOp;
import dev.convoy.Work;

/** Every collective of the public API, as one rank calls it. */
public enum Collective {
    ALL_REDUCE {
        @Override
        public Work issue(Rank rank) {
            return rank.communicator().allReduce(rank.part(), rank.otherPart(), ReduceOp.SUM, rank.stream());
        }
    },
    BROADCAST {
        @Override
        public Work issue(Rank rank) {
            return rank.communicator().broadcast(rank.part(), ROOT, rank.stream());
        }
    },
    REDUCE {
        @Override
        public Work issue(Rank rank) {
            return rank.communicator().reduce(rank.part(), rank.otherPart(), ReduceOp.SUM, ROOT, rank.stream());
        }
    },
    ALL_GATHER {
        @Override
        public Work issue(Rank rank) {
            return rank.communicator().allGather(rank.part(), rank.whole(), rank.stream());
        }
    },
    REDUCE_SCATTER {
        @Override
        public Work issue(Rank rank) {
            return rank.communicator().reduceScatter(rank.whole(), rank.part(), ReduceOp.SUM, rank.stream());
        }
    },
    ALL_TO_ALL {
        @Override
        public Work issue(Rank rank) {
            return rank.communicator().allToAll(rank.whole(), rank.otherWhole(), rank.stream());
        }
    },
    GATHER {
        @Override
        public Work issue(Rank rank) {
            return rank.communicator().gather(rank.part(), rank.whole(), ROOT, rank.stream());
        }
    },
    SCATTER {
        @Override
        public Work issue(Rank rank) {
            return rank.communicator().scatter(rank.whole(), rank.part(), ROOT, rank.stream());
        }
    },
    /** Even ranks send to their successor, which receives. */
    SEND_RECV {
        @Override
        public Work issue(Rank rank) {
            int self = rank.communicator().rank();
            return self % 2 == 0
                    ? rank.communicator().send(rank.part(), self + 1, rank.stream())
                    : rank.communicator().recv(rank.part(), self - 1, rank.stream());
        }
    };

    private static final int ROOT = 0;

    /** Enqueues it. */
    public abstract Work issue(Rank rank);

    /** Does it, in a group of its own or without. */
    public void perform(Rank rank, boolean grouped) {
        Work work;
        if (grouped) {
            try (var _ = rank.communicator().group()) {
                work = issue(rank);
            }
        } else {
            work = issue(rank);
        }
        work.await();
    }
}
