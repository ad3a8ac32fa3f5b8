/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.cli;

import dev.convoy.launcher.JobException;
import dev.convoy.launcher.doctor.Diagnosis;
import dev.convoy.launcher.doctor.DiagnosisJson;
import dev.convoy.launcher.doctor.DiagnosisText;
import dev.convoy.launcher.report.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
        Diagnosis diagnosis = Diagnosis.ofThisMachine();
        try {
            System.out.write(
                    json
                            ? Json.write(new DiagnosisJson(diagnosis)::write)
                            : DiagnosisText.of(diagnosis).getBytes(StandardCharsets.UTF_8));
            System.out.flush();
        } catch (IOException e) {
            throw new JobException("cannot write to standard output: " + e.getMessage(), e);
        }
        return diagnosis.anyRuntime() ? 0 : ConvoyCommand.FAILURE;
    }
}
