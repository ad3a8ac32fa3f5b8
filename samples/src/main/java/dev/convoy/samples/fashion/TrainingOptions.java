/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a rank trains, as its command line says it.
 *
 * @param steps steps of training
 * @param seed seed of the initial weights and of the order of samples
 * @param data folder of the full set; empty for the bundled images
 * @param wholeGroup ranks for which a smaller group lingers, since replacements of lost ones are on their way; or 0
 */
record TrainingOptions(long steps, long seed, Optional<Path> data, int wholeGroup) {

    static final long DEFAULT_STEPS = 400;
    static final long MOST_STEPS = 100_000_000;
    static final long DEFAULT_SEED = 1;

    private static final String STEPS = "--steps";
    private static final String SEED = "--seed";
    private static final String DATA = "--data";
    private static final String WHOLE_GROUP = "--whole-group";

    /**
     * Checks the number of steps.
     *
     * @throws IllegalArgumentException with one line that says what would be right
     */
    TrainingOptions {
        if (steps < 1 || steps > MOST_STEPS) {
            throw new IllegalArgumentException(STEPS + " " + steps + ": must be 1 to " + MOST_STEPS);
        }
    }

    /**
     * Reads {@code [--steps N] [--seed S] [--data DIR]}.
     *
     * @throws IllegalArgumentException with one line that says what is wrong and what would be right
     */
    static TrainingOptions parse(String... arguments) {
        long steps = DEFAULT_STEPS;
        long seed = DEFAULT_SEED;
        Optional<Path> data = Optional.empty();
        int wholeGroup = 0;
        for (int i = 0; i < arguments.length; i += 2) {
            String name = arguments[i];
            if (i + 1 == arguments.length) {
                throw unknown(name);
            }
            String value = arguments[i + 1];
            switch (name) {
                case STEPS -> steps = number(name, value);
                case SEED -> seed = number(name, value);
                case WHOLE_GROUP -> wholeGroup = (int) number(name, value);
                case DATA -> data = Optional.of(path(value));
                default -> throw unknown(name);
            }
        }
        return new TrainingOptions(steps, seed, data, wholeGroup);
    }

    TrainingOptions(long steps, long seed, Optional<Path> data) {
        this(steps, seed, data, 0);
    }

    /** These options for a group whose lost ranks come back. */
    TrainingOptions waitingFor(int ranks) {
        return new TrainingOptions(steps, seed, data, ranks);
    }

    /** The same as a command line. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(STEPS, Long.toString(steps), SEED, Long.toString(seed)));
        data.ifPresent(
                folder -> arguments.addAll(List.of(DATA, folder.toAbsolutePath().toString())));
        if (wholeGroup > 0) {
            arguments.addAll(List.of(WHOLE_GROUP, Integer.toString(wholeGroup)));
        }
        return arguments;
    }

    /**
     * Reads the images.
     *
     * @throws DatasetException where a file is missing, truncated or corrupt
     */
    FashionMnistData load() {
        return data.map(FashionMnistData::fromFolder).orElseGet(FashionMnistData::bundled);
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " " + value + ": must be a whole number", e);
        }
    }

    private static Path path(String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(DATA + ": no such path: " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                name + ": not understood; [--steps N] [--seed S] [--data DIR] is what there is");
    }
}
