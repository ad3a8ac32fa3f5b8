/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import dev.convoy.launcher.cli.ConvoyCommand;

/** The command line {@code convoy}. */
public final class Main {
    private Main() {}

    /**
     * Runs a command and ends the JVM with its status: 0 if it did what was asked, 1 if it failed, 2 for a usage error.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(ConvoyCommand.execute(arguments));
    }
}
