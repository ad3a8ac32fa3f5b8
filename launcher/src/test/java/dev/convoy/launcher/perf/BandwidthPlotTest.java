/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.convoy.DataType;
import dev.convoy.ReduceOp;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class BandwidthPlotTest {
    @Test
    void sizesAreSpacedByTheirLogarithmAndHigherIsFaster() throws Exception {
        Document svg = parse(new BandwidthPlot("all_reduce <2>", rows(4096, 16384, 65536), 2).svg());
        NodeList circles = svg.getElementsByTagName("circle");
        assertThat(circles.getLength()).isEqualTo(6);
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Element circle = (Element) circles.item(i);
            points.add(new double[] {
                Double.parseDouble(circle.getAttribute("cx")), Double.parseDouble(circle.getAttribute("cy"))
            });
        }
        double firstStep = points.get(1)[0] - points.get(0)[0];
        double secondStep = points.get(2)[0] - points.get(1)[0];
        assertThat(firstStep).isPositive().isCloseTo(secondStep, within(0.2));
        assertThat(points.get(1)[1]).isLessThan(points.get(0)[1]);
        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(svg.getDocumentElement().getTextContent())
                .contains("all_reduce <2>", "float sum, out of place", "float sum, in place", "GB/s", "16 KiB");
    }

    @Test
    void oneRowAndNoneArePicturesToo() throws Exception {
        parse(new BandwidthPlot("one", rows(8), 2).svg());
        parse(new BandwidthPlot("none", List.of(), 2).svg());
        parse(new BandwidthPlot("nothing", rows(0), 2).svg());
    }

    private static List<Row> rows(long... sizes) {
        List<Row> rows = new ArrayList<>();
        for (long size : sizes) {
            Case of = new Case(rows.size(), Collective.ALL_REDUCE, DataType.FLOAT32, ReduceOp.SUM, -1, size);
            Measurement measured = new Measurement(1, size / 1e3, size / 1e3, 0, 0, 20, new Latencies().summary());
            rows.add(new Row(of, measured, measured));
        }
        return rows;
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}
