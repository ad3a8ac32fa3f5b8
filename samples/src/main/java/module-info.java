/* SPDX-License-Identifier: Apache-2.0 */
/** Whole small programs, each one a thing that a user wants to do. */
module dev.convoy.samples {
    requires dev.convoy.fault;
    requires dev.convoy.launcher;
    requires info.picocli;

    // picocli fills in the options' fields by reflection.
    opens dev.convoy.samples.fashion to
            info.picocli;

    provides dev.convoy.launcher.CommandProvider with
            dev.convoy.samples.fashion.DemoCommandProvider;
}
