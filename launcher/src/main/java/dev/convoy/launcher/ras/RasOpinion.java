/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import dev.convoy.fault.detect.SecondOpinion;
import dev.convoy.launcher.ras.RasStatus.RasCommunicator;
import dev.convoy.launcher.ras.RasStatus.RasMissingRank;
import dev.convoy.launcher.ras.RasStatus.RasRank;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What NCCL's RAS service thinks of who hangs: of each communicator the ranks that do not answer it, else those that
 * were given fewer operations than the rest. A rank with an asynchronous error is rather a victim, and no suspect.
 */
public final class RasOpinion implements SecondOpinion {
    /** A diagnosis is over before; what comes later is not used. */
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final RasClient client;

    /**
     * The opinion of one service.
     *
     * @param client whom to ask
     */
    public RasOpinion(RasClient client) {
        this.client = client;
    }

    /**
     * The opinion of the service that the job's ranks have.
     *
     * @param environment theirs
     * @return empty where the service is switched off or its address is none
     */
    public static Optional<SecondOpinion> of(Map<String, String> environment) {
        try {
            return environment.getOrDefault("NCCL_RAS_ENABLE", "1").equals("0")
                    ? Optional.empty()
                    : Optional.of(new RasOpinion(new RasClient(RasAddress.of(environment), BOUND)));
        } catch (IllegalArgumentException e) {
            // NCCL finds the same fault with it, and has no service then.
            return Optional.empty();
        }
    }

    @Override
    public Optional<Opinion> ask() {
        try {
            return Optional.of(of(client.status(true)));
        } catch (RasException e) {
            // Nobody to ask; the diagnosis goes on without.
            return Optional.empty();
        }
    }

    private static Opinion of(RasStatus status) {
        Set<Long> suspects = new HashSet<>();
        List<String> findings = new ArrayList<>();
        for (RasCommunicator communicator : status.communicators()) {
            List<RasMissingRank> silent = communicator.missing().stream()
                    .filter(rank -> rank.unresponsive() || rank.consideredDead())
                    .toList();
            List<RasRank> behind = silent.isEmpty() ? behind(communicator) : List.of();
            silent.stream().filter(rank -> isHere(rank.host())).forEach(rank -> suspects.add(rank.pid()));
            behind.stream().filter(rank -> isHere(rank.host())).forEach(rank -> suspects.add(rank.pid()));
            findings.addAll(findings(communicator, silent, behind));
        }
        String text = findings.isEmpty() ? "it sees nothing wrong" : String.join("; ", findings);
        return new Opinion(suspects, "NCCL's RAS service was asked who hangs: " + text);
    }

    private static List<String> findings(
            RasCommunicator communicator, List<RasMissingRank> silent, List<RasRank> behind) {
        String where = " of communicator " + communicator.hash();
        List<String> findings = new ArrayList<>();
        if (!silent.isEmpty()) {
            findings.add(ranks(silent.stream().map(RasMissingRank::rank).toList()) + where + " does not answer");
        }
        if (!behind.isEmpty()) {
            findings.add(ranks(behind.stream().map(RasRank::rank).toList()) + where + " was given fewer operations");
        }
        List<Long> failed = communicator.ranks().stream()
                .filter(rank -> rank.asyncError() > 0)
                .map(RasRank::rank)
                .toList();
        if (!failed.isEmpty()) {
            findings.add(ranks(failed) + where + " has an asynchronous error");
        }
        return findings;
    }

    private static String ranks(List<Long> ranks) {
        return "rank " + ranks.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** Nobody where too many are behind: then it is rather the others that ran ahead. */
    private static List<RasRank> behind(RasCommunicator communicator) {
        List<RasRank> working = communicator.ranks().stream()
                .filter(rank -> !rank.aborted() && !rank.destroyed())
                .toList();
        long lowest = working.stream().mapToLong(RasRank::operations).min().orElse(0);
        List<RasRank> behind =
                working.stream().filter(rank -> rank.operations() == lowest).toList();
        return 2 * behind.size() < working.size() ? behind : List.of();
    }

    /** Process ids mean something on this machine only. Hosts are addresses: no name is looked up. */
    private static boolean isHere(String host) {
        try {
            if (!host.matches("[0-9a-fA-F.:%]+")) {
                return false;
            }
            InetAddress address = InetAddress.getByName(host);
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (UnknownHostException | SocketException e) {
            return false;
        }
    }
}
