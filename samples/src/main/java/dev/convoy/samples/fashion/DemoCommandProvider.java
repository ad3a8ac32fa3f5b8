/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.launcher.CommandProvider;

/** Contributes {@code demo} to the command line. */
public final class DemoCommandProvider implements CommandProvider {

    /** Created by {@link java.util.ServiceLoader}. */
    public DemoCommandProvider() {}

    @Override
    public Object command() {
        return new DemoCommand();
    }
}
