/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.cli;

import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.bindings.Runtimes;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.report.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows which runtimes are there, and of those that are not, why. Fails if there is none. */
@Command(
        name = "doctor",
        description = "Shows which runtimes and devices were found, and why others were not.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    DoctorCommand() {}

    @Override
    public Integer call() {
        List<RuntimeProbe> probes = new ArrayList<>();
        for (NativeRuntime.Kind kind : NativeRuntime.Kind.values()) {
            probes.add(Runtimes.probe(kind));
        }
        Diagnosis diagnosis = new Diagnosis(probes);
        try {
            System.out.write(json ? Json.write(diagnosis::write) : diagnosis.text());
            System.out.flush();
        } catch (IOException e) {
            throw new JobException("cannot write to standard output: " + e.getMessage(), e);
        }
        boolean any = probes.stream().anyMatch(probe -> probe.runtime().isPresent());
        return any ? 0 : ConvoyCommand.FAILURE;
    }
}
