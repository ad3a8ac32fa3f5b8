/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two network namespaces with a cable between them that can be cut. They have no names and belong to processes of their
 * own, in a user namespace: so that needs no privilege where the kernel allows those, and nothing is left of it.
 */
final class TwoNetworks implements AutoCloseable {
    /** The first network's address on the cable. */
    static final String FIRST_ADDRESS = "10.99.0.1";

    private static final String SCRIPT = """
            set -e
            ip link set lo up
            unshare --net sleep 300 &
            second=$!
            trap 'kill $second' EXIT
            until [ "$(readlink /proc/$second/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
            in_second() { nsenter --net --target $second "$@"; }
            ip link add first type veth peer name second netns $second
            ip address add 10.99.0.1/24 dev first
            ip link set first up
            in_second ip address add 10.99.0.2/24 dev second
            in_second ip link set second up
            echo $$ $second
            while read order; do in_second ip link set second $order; echo done; done
            """;

    private final Process keeper;
    private final BufferedReader answers;
    private final String first;
    private final String second;

    private TwoNetworks(Process keeper, BufferedReader answers, String[] processes) {
        this.keeper = keeper;
        this.answers = answers;
        first = processes[0];
        second = processes[1];
    }

    /**
     * Lays the cable.
     *
     * @throws IOException if this machine does not let us
     */
    static TwoNetworks open() throws IOException {
        Process keeper = new ProcessBuilder("unshare", "--map-root-user", "--net", "bash", "-c", SCRIPT)
                .redirectErrorStream(true)
                .start();
        BufferedReader answers = keeper.inputReader();
        String line = String.valueOf(answers.readLine());
        String[] processes = line.split(" ");
        if (!line.matches("\\d+ \\d+")) {
            keeper.destroyForcibly();
            throw new IOException("no network namespaces here: " + line);
        }
        return new TwoNetworks(keeper, answers, processes);
    }

    List<String> inFirst(List<String> command) {
        return in(first, command);
    }

    List<String> inSecond(List<String> command) {
        return in(second, command);
    }

    private static List<String> in(String process, List<String> command) {
        List<String> all =
                new ArrayList<>(List.of("nsenter", "--user", "--preserve-credentials", "--net", "--target", process));
        all.addAll(command);
        return all;
    }

    /** What a process of the second network runs so that the command is in the first one. */
    List<String> backInFirst(List<String> command) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net", "--target", first));
        all.addAll(command);
        return all;
    }

    void cut() throws IOException {
        keeper.outputWriter().append("down\n").flush();
        String answer = answers.readLine();
        if (!"done".equals(answer)) {
            throw new IOException("the cable was not cut: " + answer);
        }
    }

    @Override
    public void close() throws IOException {
        keeper.outputWriter().close();
        try {
            if (!keeper.waitFor(10, TimeUnit.SECONDS)) {
                keeper.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
