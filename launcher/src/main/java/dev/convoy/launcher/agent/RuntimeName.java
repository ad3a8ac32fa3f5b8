/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.bindings.Runtimes;
import dev.convoy.launcher.JobException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells which runtime the ranks use. */
public final class RuntimeName {
    private RuntimeName() {}

    /**
     * Refuses what no rank could open, once and not N times.
     *
     * @param requested auto, host or cuda
     * @throws JobException if it is cuda, and there is none
     */
    public static void check(String requested) {
        if (requested.equals("cuda")) {
            RuntimeProbe probe = Runtimes.probe(NativeRuntime.Kind.CUDA);
            if (probe.runtime().isEmpty()) {
                throw new JobException("--runtime cuda: " + probe.reason() + "; convoy doctor shows more", null);
            }
        }
    }

    /**
     * Tells which runtime ranks find where they are left the choice.
     *
     * @param requested auto, host or cuda
     * @return host or cuda
     */
    public static String of(String requested) {
        if (!requested.equals("auto")) {
            return requested;
        }
        // Without a driver's device file no CUDA library finds a GPU; looking for the libraries would cost start-up
        // time.
        boolean driver = Files.exists(Path.of("/dev/nvidiactl")) || Files.exists(Path.of("/dev/dxg"));
        boolean cuda =
                driver && Runtimes.probe(NativeRuntime.Kind.CUDA).runtime().isPresent();
        return cuda ? "cuda" : "host";
    }
}
