/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** There is not as much memory as was asked for. */
public final class OutOfDeviceMemoryException extends ConvoyException {
    private static final long serialVersionUID = 1L;

    private final long requestedBytes;

    OutOfDeviceMemoryException(ErrorDetails details, long requestedBytes) {
        super("no memory for " + requestedBytes + " bytes: " + details.call(), details, null);
        this.requestedBytes = requestedBytes;
    }

    /**
     * How much was asked for.
     *
     * @return bytes
     */
    public long requestedBytes() {
        return requestedBytes;
    }
}
