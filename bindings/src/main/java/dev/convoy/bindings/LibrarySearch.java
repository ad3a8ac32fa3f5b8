/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.RuntimeProbe.Attempt;
import dev.convoy.bindings.ffm.DynamicLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tries libraries in order and keeps what became of each. */
final class LibrarySearch {
    private final List<Attempt> attempts = new ArrayList<>();

    /** Opens the first of the names that the loader accepts and that holds the function, or any if that is empty. */
    Optional<DynamicLibrary> firstOf(List<String> names, String function) {
        for (String name : names) {
            Optional<DynamicLibrary> library = open(name, function);
            if (library.isPresent()) {
                return library;
            }
        }
        return Optional.empty();
    }

    private Optional<DynamicLibrary> open(String name, String function) {
        try {
            DynamicLibrary library = DynamicLibrary.open(name);
            if (!function.isEmpty() && !library.has(function)) {
                refused(name, name + " has no function " + function);
                return Optional.empty();
            }
            attempts.add(new Attempt(name, true, library.fileOf(function)));
            return Optional.of(library);
        } catch (LibraryRefusedException e) {
            refused(name, e.getMessage());
            return Optional.empty();
        }
    }

    void refused(String name, String reason) {
        attempts.add(new Attempt(name, false, reason));
    }

    List<Attempt> attempts() {
        return attempts;
    }

    /** The refusals so far in one line. */
    String refusals() {
        return String.join(
                "; ",
                attempts.stream()
                        .filter(attempt -> !attempt.loaded())
                        .map(Attempt::detail)
                        .toList());
    }
}
