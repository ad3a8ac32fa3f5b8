/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.ArrayList;
import java.util.List;

/** The wanted runtime cannot be used on this machine. */
public final class RuntimeUnavailableException extends ConvoyException {
    private static final long serialVersionUID = 1L;

    /** Serializable, whatever the list given was. */
    private final ArrayList<String> reasons;

    RuntimeUnavailableException(RuntimeKind kind, List<String> reasons) {
        super("no " + kind + " runtime: " + String.join("; ", reasons), ErrorDetails.none(), null);
        this.reasons = new ArrayList<>(reasons);
    }

    /**
     * Why each candidate was refused, with the loader's own words.
     *
     * @return one line a candidate
     */
    public List<String> reasons() {
        return List.copyOf(reasons);
    }
}
