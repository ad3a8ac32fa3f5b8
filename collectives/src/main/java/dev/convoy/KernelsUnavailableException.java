/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** A device whose collectives work has no kernels of Convoy: something is missing that they need. */
public final class KernelsUnavailableException extends ConvoyException {
    private static final long serialVersionUID = 1L;

    KernelsUnavailableException(String reason) {
        super("no kernels: " + reason, ErrorDetails.none(), null);
    }
}
