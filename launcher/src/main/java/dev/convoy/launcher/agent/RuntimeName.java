/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.Runtimes;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells which runtime the ranks used where they were left the choice. */
final class RuntimeName {
    private RuntimeName() {}

    static String of(String requested) {
        if (!requested.equals("auto")) {
            return requested;
        }
        // Without a driver's device file no CUDA library finds a GPU; looking for the libraries would cost start-up time.
        boolean driver = Files.exists(Path.of("/dev/nvidiactl")) || Files.exists(Path.of("/dev/dxg"));
        boolean cuda = driver && Runtimes.probe(NativeRuntime.Kind.CUDA).runtime().isPresent();
        return cuda ? "cuda" : "host";
    }
}
