/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import dev.convoy.launcher.RankJvm;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One trial in a process of its own, with a bound; what it says is shown as it comes. */
final class TrialProcess {
    private final Options options;
    private final Trial trial;
    private final PrintStream out;

    TrialProcess(Options options, Trial trial, PrintStream out) {
        this.options = options;
        this.trial = trial;
        this.out = out;
    }

    Verdict run() throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(Main.ONE));
        arguments.addAll(options.forTrial(trial));
        List<String> command =
                RankJvm.command(List.of("-Xmx1g"), "dev.convoy.cudatests", Main.class.getName(), arguments);
        try (Child child = Child.start(command, Map.of(), this::show)) {
            return verdict(child, trial.bound());
        } catch (IOException e) {
            return Verdict.fail("cannot be started: " + e.getMessage());
        }
    }

    static Verdict verdict(Child child, Duration bound) throws InterruptedException {
        if (!child.awaitEnd(bound)) {
            return Verdict.fail("did not end within " + bound.toSeconds() + " s, and was killed");
        }
        return child.lines().stream()
                .filter(Verdict::isLine)
                .map(Verdict::parse)
                .findFirst()
                .orElseGet(() -> Verdict.fail("ended without a verdict, status " + child.status()));
    }

    private void show(String line) {
        if (!Verdict.isLine(line)) {
            out.println("    " + line);
            out.flush();
        }
    }
}
