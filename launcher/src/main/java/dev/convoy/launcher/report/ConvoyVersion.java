/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.report;

import java.lang.module.ModuleDescriptor;

/** Convoy's own version. */
public final class ConvoyVersion {
    private ConvoyVersion() {}

    /**
     * The version.
     *
     * @return as the build recorded it; {@code development} where classes run without their module
     */
    public static String get() {
        ModuleDescriptor module = ConvoyVersion.class.getModule().getDescriptor();
        return module == null ? "development" : module.rawVersion().orElse("development");
    }
}
