package dev.belfry.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class PlotTest {
    private final Plot plot = new Plot("a < b", Plot.Axis.logarithmic("asked/s"), Plot.Axis.logarithmic("ms"));

    private static int count(String svg, String tag) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getElementsByTagName(tag)
                .getLength();
    }

    @Test
    void everyPointIsAMarkAndEverySchedulerALine() throws Exception {
        plot.line("belfry", List.of(new double[] {100, 2}, new double[] {1000, 20}));
        plot.line("quartz", List.of(new double[] {100, 400}, new double[] {1000, Double.NaN}));
        assertThat(count(plot.svg(), "circle")).isEqualTo(3);
        assertThat(count(plot.svg(), "path")).isEqualTo(2);
    }

    @Test
    void aPlotOfNothingSaysSo() throws Exception {
        plot.line("belfry", List.of());
        assertThat(plot.svg()).contains("not measured");
        assertThat(count(plot.svg(), "path")).isZero();
    }
}
