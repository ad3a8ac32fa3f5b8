/* SPDX-License-Identifier: Apache-2.0 */
/** What Convoy shows on a machine with a GPU, in a bundle that needs no more of it than NVIDIA's libraries. */
module dev.convoy.cudatests {
    requires dev.convoy;
    // NCCL itself is called, also where there is no GPU; and a rank is stopped by a signal.
    requires dev.convoy.bindings;
    requires dev.convoy.launcher;
    // convoy demo, and its matrix products.
    requires dev.convoy.samples;
    // Reports are read.
    requires com.fasterxml.jackson.databind;
}
