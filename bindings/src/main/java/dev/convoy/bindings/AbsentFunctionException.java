/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** A function was called that the loaded library does not have. */
public final class AbsentFunctionException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    private final String function;
    private final int since;
    private final int libraryVersion;

    /**
     * Made by the table in which the function is missing.
     *
     * @param function what was called
     * @param place where it was looked for: a library's file, or what else stands between
     * @param libraryVersion version code of that place, or 0 if it does not tell
     */
    public AbsentFunctionException(NativeFunction function, String place, int libraryVersion) {
        super(function.symbol() + " is not in " + place + " ("
                + function.origin().version(libraryVersion) + ")" + since(function));
        this.function = function.symbol();
        this.since = function.since();
        this.libraryVersion = libraryVersion;
    }

    private static String since(NativeFunction function) {
        return function.since() == 0 ? "" : "; it is in " + function.origin().version(function.since()) + " and newer";
    }

    /**
     * The function that was called.
     *
     * @return its C name
     */
    public String function() {
        return function;
    }

    /**
     * The release in which the function appeared.
     *
     * @return a version code such as 22902, or 0 if it is not known
     */
    public int since() {
        return since;
    }

    /**
     * The version of the library that lacks it, or of the bindings that do.
     *
     * @return a version code such as 22703, or 0 if the library does not tell
     */
    public int libraryVersion() {
        return libraryVersion;
    }
}
