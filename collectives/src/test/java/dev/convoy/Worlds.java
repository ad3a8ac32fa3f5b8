/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Communicators of every size, made once, all of whose ranks the calling thread drives. */
final class Worlds implements AutoCloseable {
    private final Map<Integer, World> worlds = new HashMap<>();

    /** The ranks of one size, each with a stream. */
    record World(Ranks ranks, List<Stream> streams) {
        Device device() {
            return ranks.runtime().device(0);
        }

        /** Has every rank enqueue its part of one operation, in a group, and awaits them. */
        void together(BiConsumer<Communicator, Stream> call) {
            ranks.runtime().group(() -> {
                for (Communicator communicator : ranks.communicators()) {
                    call.accept(communicator, streams.get(communicator.rank()));
                }
            });
            for (Communicator communicator : ranks.communicators()) {
                communicator.synchronize(streams.get(communicator.rank()));
            }
        }
    }

    World ofSize(int size) {
        return worlds.computeIfAbsent(size, Worlds::make);
    }

    private static World make(int size) {
        Ranks ranks = new Ranks(size);
        List<Stream> streams = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            streams.add(ranks.runtime().device(0).newStream());
        }
        return new World(ranks, streams);
    }

    @Override
    public void close() {
        for (World world : worlds.values()) {
            world.ranks().close();
            world.streams().forEach(Stream::close);
        }
    }
}
