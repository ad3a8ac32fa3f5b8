/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

/**
 * A finished row.
 *
 * @param of what was done
 * @param outOfPlace with two buffers
 * @param inPlace with one; null if the operation has no such form
 */
record Row(Case of, Measurement outOfPlace, Measurement inPlace) {
    boolean isWrong() {
        return outOfPlace.wrong() > 0 || (inPlace != null && inPlace.wrong() > 0);
    }
}
