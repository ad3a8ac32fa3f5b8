/* SPDX-License-Identifier: Apache-2.0 */
/** Detection, membership, peer snapshots and recovery. */
module dev.convoy.fault {
    requires transitive dev.convoy;
    // Events for its recorder; nothing of it is loaded before the group forms.
    requires jdk.jfr;
    // Posix only: a rank sets its parent-death signal, and an injected fault signals this very process.
    requires dev.convoy.bindings;

    exports dev.convoy.fault;
    exports dev.convoy.fault.protocol;
    exports dev.convoy.fault.control;
    exports dev.convoy.fault.detect;
    // Who loads providers says uses: the launcher.
    exports dev.convoy.fault.store;
}
