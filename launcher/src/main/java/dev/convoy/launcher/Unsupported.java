/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

/** Refuses the options that the command line names but this version cannot serve yet, instead of ignoring them. */
final class Unsupported {
    private Unsupported() {}

    static void refuse(String option, Object value) {
        if (value != null) {
            throw exception(option, "leave it out");
        }
    }

    static UsageException exception(String what, String instead) {
        return new UsageException(what + " is not supported yet; " + instead);
    }
}
