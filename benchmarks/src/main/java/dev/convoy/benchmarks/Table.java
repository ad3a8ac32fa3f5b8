/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table in Markdown that is legible as it is: the first column to the left, the others to the right. */
public final class Table {
    private final List<String> head;
    private final List<List<String>> rows = new ArrayList<>();

    /** An empty table. */
    public Table(List<String> head) {
        this.head = List.copyOf(head);
    }

    /** Adds a row, with as many cells as the head has. */
    public void add(List<String> row) {
        if (row.size() != head.size()) {
            throw new IllegalArgumentException(row + " has not " + head.size() + " cells");
        }
        rows.add(List.copyOf(row));
    }

    @Override
    public String toString() {
        int[] widths = IntStream.range(0, head.size()).map(this::width).toArray();
        StringBuilder text = new StringBuilder(line(head, widths));
        text.append(IntStream.range(0, widths.length)
                .mapToObj(i -> "-".repeat(i == 0 ? widths[i] : widths[i] - 1) + (i == 0 ? "" : ":"))
                .collect(Collectors.joining(" | ", "| ", " |\n")));
        rows.forEach(row -> text.append(line(row, widths)));
        return text.toString();
    }

    private int width(int column) {
        int widest =
                rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
        return Math.max(2, Math.max(widest, head.get(column).length()));
    }

    private static String line(List<String> cells, int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(i -> pad(cells.get(i), widths[i], i == 0))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String pad(String cell, int width, boolean left) {
        String space = " ".repeat(width - cell.length());
        return left ? cell + space : space + cell;
    }
}
