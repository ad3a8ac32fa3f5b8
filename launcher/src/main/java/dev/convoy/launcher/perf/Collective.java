/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The operations that are measured, with the meaning that nccl-tests gives to size, count and bus bandwidth. */
enum Collective {
    ALL_REDUCE(Parts.WHOLE, Traits.REDUCES, InPlace.CHECKED) {
        @Override
        double busFactor(int ranks) {
            return 2.0 * (ranks - 1) / ranks;
        }
    },
    ALL_GATHER(Parts.GATHERED, Traits.COPIES, InPlace.CHECKED),
    REDUCE_SCATTER(Parts.SCATTERED, Traits.REDUCES, InPlace.CHECKED),
    BROADCAST(Parts.WHOLE, Traits.COPIES_FROM_ROOT, InPlace.CHECKED),
    REDUCE(Parts.WHOLE, Traits.REDUCES_TO_ROOT, InPlace.CHECKED),
    ALLTOALL(Parts.EXCHANGED, Traits.COPIES, InPlace.REFUSED),
    GATHER(Parts.GATHERED, Traits.COPIES_FROM_ROOT, InPlace.CHECKED),
    SCATTER(Parts.SCATTERED, Traits.COPIES_FROM_ROOT, InPlace.CHECKED),
    SENDRECV(Parts.WHOLE, Traits.COPIES, InPlace.UNCHECKED);

    /** What happens where send and receive buffer are the same. */
    enum InPlace {
        CHECKED,
        /** It runs, but ranks overwrite what others read, so that there is no right result. */
        UNCHECKED,
        REFUSED
    }

    private enum Parts {
        WHOLE,
        GATHERED,
        SCATTERED,
        EXCHANGED
    }

    private enum Traits {
        COPIES,
        COPIES_FROM_ROOT,
        REDUCES,
        REDUCES_TO_ROOT
    }

    /** Parts of a buffer begin at multiples of this, as in nccl-tests. */
    private static final int ALIGNMENT = 16;

    private final Parts parts;
    private final Traits traits;
    private final InPlace inPlace;

    Collective(Parts parts, Traits traits, InPlace inPlace) {
        this.parts = parts;
        this.traits = traits;
        this.inPlace = inPlace;
    }

    /** The name on the command line and in the report. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Collective> named(String name) {
        if (name.equals("all_to_all")) {
            return Optional.of(ALLTOALL);
        }
        return Arrays.stream(values()).filter(each -> each.title().equals(name)).findFirst();
    }

    static String titles() {
        return Arrays.stream(values()).map(Collective::title).collect(Collectors.joining(", "));
    }

    boolean reduces() {
        return traits == Traits.REDUCES || traits == Traits.REDUCES_TO_ROOT;
    }

    boolean hasRoot() {
        return traits == Traits.COPIES_FROM_ROOT || traits == Traits.REDUCES_TO_ROOT;
    }

    InPlace inPlace() {
        return inPlace;
    }

    /** Elements of a buffer of a size: the whole where all ranks have it, else cut down to equal, aligned parts. */
    Shape shape(long bytes, int elementBytes, int ranks) {
        long whole = bytes / elementBytes;
        long part = whole / ranks / (ALIGNMENT / elementBytes) * (ALIGNMENT / elementBytes);
        return switch (parts) {
            case WHOLE -> new Shape(whole, whole, whole, 0, 0);
            case GATHERED -> new Shape(part, part * ranks, part, part, 0);
            case SCATTERED -> new Shape(part * ranks, part, part, 0, part);
            case EXCHANGED -> new Shape(part * ranks, part * ranks, part, 0, 0);
        };
    }

    /** Bus bandwidth is the algorithm's times this: the part of the data that has to cross the slowest link. */
    double busFactor(int ranks) {
        return parts == Parts.WHOLE ? 1 : (ranks - 1.0) / ranks;
    }
}
