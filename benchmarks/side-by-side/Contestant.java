/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.util.List;

/** Something that carries out collectives, with the settings that it runs with. */
interface Contestant {
    /** The column of the tables that its figures stand in; of several contestants in one, the best counts. */
    String column();

    /** The column without the settings. */
    default String system() {
        return column().replaceFirst(",.*", "");
    }

    /** Its settings, in words or as options, as they are to be published. */
    String settings();

    /** What it is and which version, for people. */
    String version() throws IOException, InterruptedException;

    /** Debian's packages that have it; none if it is part of this repository. */
    List<String> packages();

    /** A program or file that is there where it is installed. */
    boolean isInstalled();

    /**
     * Makes it ready to run; once, before the first round.
     *
     * @throws IOException if it cannot be built; the message says why
     */
    void build() throws IOException, InterruptedException;

    /** Whether it is measured with so many ranks. */
    default boolean runsWith(int ranks) {
        return true;
    }

    /** What it measures in separate runs, which may come under different conditions. */
    default List<String> parts() {
        return List.of("everything");
    }

    /**
     * Measures each figure of a part once.
     *
     * @throws IOException if it fails or takes too long; the message says how
     */
    List<Sample> measure(Plan plan, int ranks, String part) throws IOException, InterruptedException;
}
