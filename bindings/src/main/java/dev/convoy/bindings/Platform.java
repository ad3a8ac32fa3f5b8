/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.util.Optional;

/** Whether native libraries can be used at all, asked before anything is linked. */
final class Platform {
    private Platform() {}

    /** What is in the way on this machine; empty if nothing is. */
    static Optional<String> objection() {
        return objection(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Platform.class.getModule().isNativeAccessEnabled() || !isDenied());
    }

    static Optional<String> objection(String system, String processor, boolean nativeAccess) {
        if (!system.equals("Linux") || !processor.equals("amd64")) {
            return Optional.of("Convoy runs on Linux on x86-64, and this is " + system + " on " + processor);
        }
        if (!nativeAccess) {
            return Optional.of("this JVM denies native access: start it with --enable-native-access=dev.convoy.bindings"
                    + " (ALL-UNNAMED where Convoy is on the class path)");
        }
        return Optional.empty();
    }

    /** Without the flag it depends on the JVM's mode, which only a restricted call tells. */
    private static boolean isDenied() {
        try {
            NativeMemory.view(0, 0);
            return false;
        } catch (IllegalCallerException e) {
            return true;
        }
    }
}
