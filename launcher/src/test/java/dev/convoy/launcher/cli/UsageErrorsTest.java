/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is one line and status 2, before anything was started. */
class UsageErrorsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | no command given",
                "dance | there is no command dance",
                "--dance | there is no option --dance",
                "run | --ranks N is missing",
                "run -n | --ranks N is missing",
                "run -n two -- true | --ranks two: must be a whole number",
                "run -n 0 -- true | 1 to 256 ranks",
                "run -n -1 -- true | 1 to 256 ranks",
                "run -n 1000 -- true | 1 to 256 ranks",
                "run -n 2 | no command",
                "run -n 2 --dance -- true | there is no option --dance",
                "run -n 2 -n 3 -- true | only once",
                "run -n 2 --min-ranks 3 -- true | 1 to the number of ranks, 2",
                "run -n 2 --min-ranks 0 -- true | 1 to the number of ranks, 2",
                "run -n 2 --max-recoveries -1 -- true | must be 0 or more",
                "run -n 2 --replicas 0 -- true | must lie between 1 and 7",
                "run -n 2 --parity 2 -- true | --parity: parity is written M+K, such as 4+2; was 2",
                "run -n 2 --parity 17+1 -- true | --parity: parity is written M+K, with M from 1 to 16",
                "run -n 2 --parity 2+1 --replicas 1 -- true | instead of --replicas",
                "run -n 2 --snapshot-every 0 -- true | must be a number of steps, at least 1, or auto",
                "run -n 2 --snapshot-every often -- true | must be a number of steps, at least 1, or auto",
                "run -n 2 --on-divergence shrug -- true | must be end or rollback",
                "run -n 2 --mtbf -3 -- true | --mtbf",
                "run -n 2 --deadline 0 -- true | must be 0.001 to 604800",
                "run -n 2 --deadline NaN -- true | must be 0.001 to 604800",
                "run -n 2 --deadline soon -- true | must be a number",
                "run -n 2 --stragglers maybe -- true | must be report, replace or off",
                "run -n 2 --stragglers replace -- true | use replace or regrow",
                "run -n 2 --durable-every -5 -- true | must be 0.001 to 604800",
                "run -n 2 --fault explode:1@2 -- true | explode",
                "run -n 2 --fault kill:1 -- true | kill:RANK@STEP",
                "run -n 2 --fault kill:x@1 -- true | kill:RANK@STEP",
                "run -n 2 --fault kill:2@1 -- true | ranks are 0 to 1",
                "run -n 2 --recover shrink --spares 1 -- true | use replace or regrow",
                "run -n 2 --spares -1 -- true | --spares -1",
                "run -n 250 --spares 7 -- true | at most 256",
                "run -n 2 --recover hope -- true | must be shrink, replace or regrow",
                "run -n 2 --nodes 2 -- true | needs --node-rank R and --rendezvous HOST:PORT",
                "run -n 2 --node-rank 1 -- true | --nodes N is missing",
                "run -n 2 --rendezvous h:1 -- true | --nodes N is missing",
                "run -n 2 --nodes 0 --node-rank 0 --rendezvous h:1 -- true | --nodes 0: must be 1 to 64",
                "run -n 2 --nodes 2 --node-rank 2 --rendezvous h:1 -- true | nodes are 0 to 1",
                "run -n 2 --nodes 2 --node-rank 1 --rendezvous h -- true | must be HOST:PORT",
                "run -n 2 --nodes 2 --node-rank 1 --rendezvous h:0 -- true | must be HOST:PORT",
                "run -n 2 --nodes 2 --node-rank 1 --rendezvous :1 -- true | must be HOST:PORT",
                "run -n 2 --nodes 3 --node-rank 1 --rendezvous h:1 -- true | more nodes than ranks",
                "run -n 2 --html /no/such/folder/x.html -- true | --html",
                "run -n 2 --flight-recorder /proc/x -- true | --flight-recorder",
                "run -n 2 --store etcd://h:1 -- true | --nodes N goes with it",
                "run -n 2 --store disk -- true | --store disk: must be embedded or etcd://HOST:PORT",
                "run -n 2 --address h -- true | --address h: only with --store etcd://",
                "run -n 2 --metrics-port 65536 -- true | must be 0 to 65535",
                "run -n 2 --metrics-port www -- true | must be a whole number",
                "run -n 2 --metrics-address 127.0.0.1 -- true | needs --metrics-port",
                "run -n 2 --metrics-port 0 --metrics-address no.such.invalid -- true | there is no such address",
                "run -n 2 --runtime gpu -- true | must be auto, host or cuda",
                "run -n 2 --report /no/such/folder/r.json -- true | there is no folder /no/such/folder",
                "run -n 2 --report /proc -- true | is a folder",
                "run -n 2 --state-dir /proc/x -- true | --state-dir",
                "run -n 2 -- no-such-command-anywhere | command not found",
                "run -n 2 -- /no/such/file | command not found",
                "run -n 2 -- /etc/passwd | not an executable file",
            })
    void isOneLine(String line, String part) {
        String[] arguments = line.isEmpty() ? new String[0] : line.split(" ");
        Ran ran = run(arguments);
        assertThat(ran.status()).isEqualTo(ConvoyCommand.USAGE);
        assertThat(ran.errors().lines()).hasSize(1);
        assertThat(ran.errors()).startsWith("convoy: ").contains(part);
        assertThat(ran.output()).isEmpty();
    }

    @Test
    void helpAndVersionAreNoErrors() {
        for (String option : new String[] {"--help", "--version"}) {
            Ran ran = run(option);
            assertThat(ran.status()).isZero();
            assertThat(ran.errors()).isEmpty();
            assertThat(ran.output()).contains("convoy");
        }
        assertThat(run("run", "--help").output()).contains("--deadline", "--fault", "kill:RANK@STEP");
    }

    private record Ran(int status, String output, String errors) {}

    private static Ran run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        try {
            int status = ConvoyCommand.execute(arguments);
            return new Ran(status, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
