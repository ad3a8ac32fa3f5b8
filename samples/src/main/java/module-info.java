/* SPDX-License-Identifier: Apache-2.0 */
/** Whole small programs, each one a thing that a user wants to do. */
// The module that something is exported to is compiled after this one.
@SuppressWarnings("module")
module dev.convoy.samples {
    requires dev.convoy.fault;
    requires dev.convoy.launcher;
    // cuBLAS.
    requires dev.convoy.bindings;
    requires info.picocli;

    // picocli fills in the options' fields by reflection.
    opens dev.convoy.samples.fashion to
            info.picocli;

    // The products are tried on a GPU by themselves.
    exports dev.convoy.samples.products to
            dev.convoy.cudatests;

    provides dev.convoy.launcher.CommandProvider with
            dev.convoy.samples.fashion.DemoCommandProvider;
}
