/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

/**
 * A data file is missing, truncated or corrupt; the message is one line that names the file and what is wrong with it.
 */
public final class DatasetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String file;

    /**
     * A problem with one file.
     *
     * @param file the file as the user knows it
     * @param problem what is wrong with it
     */
    public DatasetException(String file, String problem) {
        this(file, problem, null);
    }

    /**
     * A problem with one file that another exception reported.
     *
     * @param file the file as the user knows it
     * @param problem what is wrong with it
     * @param cause the exception that reported it, or null
     */
    public DatasetException(String file, String problem, Throwable cause) {
        super("data file " + file + ": " + problem, cause);
        this.file = file;
    }

    /**
     * The file that cannot be used.
     *
     * @return the file as the user knows it
     */
    public String file() {
        return file;
    }
}
