/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.MemberId;
import java.util.List;

/** A record between the agent that leads a job and the agent of another node. */
public sealed interface NodeRecord {
    /** Version of these records; both sides must speak the same one. */
    int PROTOCOL = 3;

    /**
     * First record of a connection, from the node.
     *
     * @param protocol {@link #PROTOCOL} of the sender
     * @param token what agents of one job have in common
     * @param node its number, from 1
     * @param nodes nodes of the job as the sender was told
     * @param ranks ranks of the job as the sender was told
     */
    record Enlist(int protocol, String token, int node, int nodes, int ranks) implements NodeRecord {
        /** The token is left out: records are printed in logs. */
        @Override
        public String toString() {
            return "Enlist[node " + node + " of " + nodes + ", " + ranks + " ranks]";
        }
    }

    /**
     * The node belongs to the job.
     *
     * @param controlPort port of the coordinator, on the address of the rendezvous
     * @param token what its ranks must show there
     * @param stateFolder folder of the job's durable state
     * @param earlier folder of the durable version that the job goes on from, or empty
     * @param certificate hash of the certificate that the coordinator shows its ranks; empty where it speaks openly
     */
    record Welcome(int controlPort, String token, String stateFolder, String earlier, String certificate)
            implements NodeRecord {
        /** The token is left out. */
        @Override
        public String toString() {
            return "Welcome[port " + controlPort + ", " + stateFolder + "]";
        }
    }

    /**
     * What runs, or ran, on a node that has served a former leader; {@link Ended} follows for those that have ended.
     *
     * @param started every process that the node was told to start
     */
    record Present(List<MemberId> started) implements NodeRecord {
        /** Copies the list. */
        public Present {
            started = List.copyOf(started);
        }
    }

    /**
     * The node does not belong to the job; the connection is closed.
     *
     * @param reason one line
     * @param forGood whether it makes no sense to ask again
     */
    record Refused(String reason, boolean forGood) implements NodeRecord {}

    /**
     * The node renews its lease; the leader answers with the same record.
     *
     * @param sequence number of the renewal
     */
    record Renew(long sequence) implements NodeRecord {}

    /**
     * The node shall start a rank.
     *
     * @param member which
     * @param faults faults that have not fired, as on a command line; empty if none
     */
    record Start(MemberId member, String faults) implements NodeRecord {}

    /**
     * The node shall kill a rank, and answer {@link Killed}.
     *
     * @param member which
     */
    record Kill(MemberId member) implements NodeRecord {}

    /**
     * A rank was sent SIGKILL, or had ended before.
     *
     * @param member which
     */
    record Killed(MemberId member) implements NodeRecord {}

    /**
     * A rank said which process it is, in a place where its node does not hear it.
     *
     * @param member which
     * @param pid its process id there
     */
    record Known(MemberId member, long pid) implements NodeRecord {}

    /**
     * A rank ended.
     *
     * @param member which
     * @param status its exit status, 128 + N if signal N ended it
     */
    record Ended(MemberId member, int status) implements NodeRecord {}

    /**
     * A rank could not be started.
     *
     * @param member which
     * @param reason one line
     */
    record NotStarted(MemberId member, String reason) implements NodeRecord {}

    /**
     * The leader wants to know a process's state; the node answers {@link State}.
     *
     * @param member which
     */
    record Look(MemberId member) implements NodeRecord {}

    /**
     * State of a process as the system shows it.
     *
     * @param member which
     * @param letter as in {@code /proc/PID/stat}
     */
    record State(MemberId member, char letter) implements NodeRecord {}

    /**
     * The job is over.
     *
     * @param exitStatus status for the node's agent to exit with
     * @param message one line for a person
     */
    record JobEnded(int exitStatus, String message) implements NodeRecord {}
}
