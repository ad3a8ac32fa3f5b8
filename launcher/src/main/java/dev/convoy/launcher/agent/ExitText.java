/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

/** Says how a process ended. */
public final class ExitText {
    private ExitText() {}

    /**
     * Completes a sentence that begins with the process's name.
     *
     * @param status its exit status; the JDK reports signal N as 128 + N
     * @return what happened
     */
    public static String of(int status) {
        return switch (status) {
            case 128 + 2 -> "was ended by SIGINT";
            case 128 + 4 -> "was ended by SIGILL";
            case 128 + 6 -> "was ended by SIGABRT";
            case 128 + 7 -> "was ended by SIGBUS";
            case 128 + 8 -> "was ended by SIGFPE";
            case 128 + 9 -> "was killed by SIGKILL";
            case 128 + 11 -> "was ended by SIGSEGV";
            case 128 + 15 -> "was ended by SIGTERM";
            default -> "exited with status " + status;
        };
    }
}
