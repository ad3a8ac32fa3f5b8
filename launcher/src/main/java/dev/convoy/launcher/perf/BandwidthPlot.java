/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Bus bandwidth against size as an SVG picture that needs nothing else: sizes on a logarithmic axis. */
final class BandwidthPlot {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 480;
    private static final int LEFT = 70;
    private static final int RIGHT = 230;
    private static final int TOP = 50;
    private static final int BOTTOM = 60;
    private static final int MOST_TICKS = 9;
    /** Told apart also by who does not see all colours (Okabe and Ito). */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000");

    private final String title;
    /** By name: bandwidth by size. */
    private final Map<String, TreeMap<Long, Double>> series = new LinkedHashMap<>();

    private double smallest = Double.MAX_VALUE;
    private double largest = 1;
    private double highest;

    /**
     * Prepares a picture.
     *
     * @param title what stands above
     * @param rows what it shows
     * @param ranks how many took part
     */
    BandwidthPlot(String title, List<Row> rows, int ranks) {
        this.title = title;
        for (Row row : rows) {
            add(row, "out of place", row.outOfPlace(), ranks);
            if (row.inPlace() != null) {
                add(row, "in place", row.inPlace(), ranks);
            }
        }
    }

    private void add(Row row, String kind, Measurement measured, int ranks) {
        Case of = row.of();
        long bytes = of.shape(ranks).largestCount() * of.type().bytes();
        if (bytes <= 0 || !Double.isFinite(measured.busBandwidth())) {
            return; // a logarithmic axis has no zero
        }
        StringBuilder name = new StringBuilder(ElementTypes.nameOf(of.type()));
        if (of.collective().reduces()) {
            name.append(' ').append(Table.opName(of));
        }
        if (of.root() > 0) {
            name.append(" root ").append(of.root());
        }
        name.append(", ").append(kind);
        series.computeIfAbsent(name.toString(), _ -> new TreeMap<>()).put(bytes, measured.busBandwidth());
        smallest = Math.min(smallest, bytes);
        largest = Math.max(largest, bytes);
        highest = Math.max(highest, measured.busBandwidth());
    }

    /** The picture. */
    String svg() {
        StringBuilder svg = new StringBuilder();
        append(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT);
        append(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n");
        text(svg, LEFT, TOP - 24, "start", "font-size=\"15\"", title);
        bandwidthAxis(svg);
        sizeAxis(svg);
        int index = 0;
        for (Map.Entry<String, TreeMap<Long, Double>> each : series.entrySet()) {
            line(svg, index++, each.getKey(), each.getValue());
        }
        return svg.append("</svg>\n").toString();
    }

    private void bandwidthAxis(StringBuilder svg) {
        double step = bandwidthStep();
        for (int i = 0; i * step <= top() * 1.0001; i++) {
            double y = y(i * step);
            rule(svg, LEFT, y, WIDTH - RIGHT, y);
            text(svg, LEFT - 8, y + 4, "end", "", CFormat.general(i * step));
        }
        text(svg, LEFT, TOP - 6, "start", "fill=\"#555\"", "bus bandwidth, GB/s");
    }

    private void sizeAxis(StringBuilder svg) {
        int first = log2(smallest);
        int last = log2(largest);
        int step = Math.max(1, (int) Math.ceil((last - first + 1) / (double) MOST_TICKS));
        for (int power = first; power <= last; power += step) {
            double x = x(Math.scalb(1.0, power));
            if (x >= LEFT - 0.5) {
                rule(svg, x, TOP, x, HEIGHT - BOTTOM);
                text(svg, x, HEIGHT - BOTTOM + 18, "middle", "", SizeText.of(1L << power));
            }
        }
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - BOTTOM + 40, "middle", "fill=\"#555\"", "size");
    }

    private void line(StringBuilder svg, int index, String name, TreeMap<Long, Double> points) {
        String colour = COLOURS.get(index % COLOURS.size());
        StringBuilder path = new StringBuilder();
        points.forEach((bytes, bandwidth) -> append(path, "%.1f,%.1f ", x(bytes), y(bandwidth)));
        append(
                svg,
                "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>%n",
                colour,
                path.toString().strip());
        points.forEach((bytes, bandwidth) -> append(
                svg,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s, %s: %s GB/s</title></circle>%n",
                x(bytes),
                y(bandwidth),
                colour,
                escape(name),
                SizeText.of(bytes),
                CFormat.general(bandwidth)));
        double y = TOP + 10 + index * 18.0;
        append(
                svg,
                "<rect x=\"%d\" y=\"%.1f\" width=\"14\" height=\"4\" fill=\"%s\"/>%n",
                WIDTH - RIGHT + 16,
                y - 5,
                colour);
        text(svg, WIDTH - RIGHT + 36, y, "start", "", name);
    }

    private double bandwidthStep() {
        double rough = Math.max(highest, 1e-6) / 6;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= rough) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private double top() {
        double step = bandwidthStep();
        return step * Math.max(1, Math.ceil(highest / step));
    }

    private double x(double bytes) {
        double from = Math.log(Math.min(smallest, largest));
        double range = Math.max(Math.log(largest) - from, 1e-9);
        return LEFT + (Math.log(bytes) - from) / range * (WIDTH - RIGHT - LEFT);
    }

    private double y(double bandwidth) {
        return HEIGHT - BOTTOM - bandwidth / top() * (HEIGHT - BOTTOM - TOP);
    }

    private static int log2(double bytes) {
        return Math.max(0, Math.getExponent(bytes));
    }

    private static void rule(StringBuilder svg, double x1, double y1, double x2, double y2) {
        append(svg, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>%n", x1, y1, x2, y2);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String style, String text) {
        append(svg, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n", x, y, anchor, style, escape(text));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void append(StringBuilder to, String pattern, Object... values) {
        to.append(String.format(Locale.ROOT, pattern, values));
    }
}
