package dev.belfry.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A plot of a few lines, as SVG: both axes logarithmic, or the lower one a list of names. */
final class Plot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 80;
    private static final int RIGHT = 180;
    private static final int TOP = 48;
    private static final int BOTTOM = 60;
    private static final List<String> COLOURS =
            List.of("#1f6f8b", "#c8553d", "#588157", "#8e6c8a", "#b08900", "#555555", "#4f9ddb", "#e29578", "#9bbf65");

    private final String title;
    private final Axis below;
    private final Axis left;
    private final Map<String, List<double[]>> lines = new LinkedHashMap<>();
    private final Map<Double, String> marks = new LinkedHashMap<>();

    Plot(String title, Axis below, Axis left) {
        this.title = title;
        this.below = below;
        this.left = left;
    }

    /**
     * One axis.
     *
     * @param names of the values 0, 1, 2 and so on; none for an axis of numbers
     * @param logarithmic whether equal ways are equal ratios
     */
    record Axis(String title, List<String> names, boolean logarithmic) {
        Axis {
            names = List.copyOf(names);
        }

        static Axis logarithmic(String title) {
            return new Axis(title, List.of(), true);
        }

        static Axis linear(String title) {
            return new Axis(title, List.of(), false);
        }

        static Axis named(String title, List<String> names) {
            return new Axis(title, names, false);
        }

        double scale(double value) {
            return logarithmic ? Math.log10(Math.max(value, 1e-3)) : value;
        }

        /** Between two ticks: 1, 2 or 5 of a power of ten, so that there are no more than a dozen. */
        private double step(double span) {
            if (logarithmic || !names.isEmpty()) {
                return 1;
            }
            double power = Math.pow(10, Math.floor(Math.log10(span / 12)));
            for (double step : new double[] {1, 2, 5}) {
                if (span / (step * power) <= 12) {
                    return step * power;
                }
            }
            return 10 * power;
        }

        private String name(double at) {
            return names.isEmpty() ? Spread.number(logarithmic ? Math.pow(10, at) : at) : names.get((int) at);
        }
    }

    /** Marks a place on the lower axis, with a word or two above it. */
    void mark(double at, String words) {
        marks.put(at, words);
    }

    /** Adds a line through points, which has a gap where one is no number. */
    void line(String name, List<double[]> points) {
        if (points.stream().anyMatch(Plot::finite)) {
            lines.put(name, List.copyOf(points));
        }
    }

    private static boolean finite(double[] point) {
        return Double.isFinite(point[0]) && Double.isFinite(point[1]);
    }

    /** The picture; says so if there is nothing to be seen. */
    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n",
                WIDTH,
                HEIGHT));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        text(svg, LEFT, 22, "start", title);
        if (lines.isEmpty()) {
            text(svg, WIDTH / 2.0, HEIGHT / 2.0, "middle", "not measured");
        } else {
            draw(svg);
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg) {
        double[] x = range(below, 0);
        double[] y = range(left, 1);
        ticks(svg, below, x, true);
        ticks(svg, left, y, false);
        marks(svg, x);
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 15, "middle", below.title());
        svg.append(String.format(
                Locale.ROOT,
                "<text transform=\"translate(18 %.1f) rotate(-90)\" text-anchor=\"middle\" fill=\"#222222\">%s</text>%n",
                (TOP + HEIGHT - BOTTOM) / 2.0,
                escaped(left.title())));
        int number = 0;
        for (Map.Entry<String, List<double[]>> line : lines.entrySet()) {
            String colour = COLOURS.get(number % COLOURS.size());
            path(svg, line.getValue(), new double[][] {x, y}, colour);
            double legend = TOP + 12 + 18.0 * number++;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%.1f\" width=\"10\" height=\"10\" fill=\"%s\"/>%n",
                    WIDTH - RIGHT + 14,
                    legend - 9,
                    colour));
            text(svg, WIDTH - RIGHT + 30.0, legend, "start", line.getKey());
        }
    }

    private void path(StringBuilder svg, List<double[]> points, double[][] ranges, String colour) {
        StringBuilder path = new StringBuilder();
        boolean gap = true;
        for (double[] point : points) {
            if (finite(point)) {
                double px = across(below.scale(point[0]), ranges[0]);
                double py = up(left.scale(point[1]), ranges[1]);
                path.append(String.format(Locale.ROOT, "%s%.1f %.1f ", gap ? "M" : "L", px, py));
                svg.append(String.format(
                        Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n", px, py, colour));
            }
            gap = !finite(point);
        }
        svg.append(String.format(
                Locale.ROOT,
                "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
                path.toString().strip(),
                colour));
    }

    private double[] range(Axis axis, int part) {
        if (!axis.names().isEmpty()) {
            return new double[] {0, axis.names().size() - 1.0};
        }
        double least = Double.MAX_VALUE;
        double greatest = -Double.MAX_VALUE;
        for (List<double[]> points : lines.values()) {
            for (double[] point : points.stream().filter(Plot::finite).toList()) {
                least = Math.min(least, axis.scale(point[part]));
                greatest = Math.max(greatest, axis.scale(point[part]));
            }
        }
        double step = axis.step(Math.max(1, greatest - least));
        double from = Math.floor(least / step) * step;
        return new double[] {from, Math.max(from + step, Math.ceil(greatest / step) * step)};
    }

    private static void ticks(StringBuilder svg, Axis axis, double[] range, boolean across) {
        double step = axis.step(range[1] - range[0]);
        for (int i = 0; range[0] + i * step <= range[1] + step / 100; i++) {
            double at = range[0] + i * step;
            double px = across ? across(at, range) : LEFT;
            double py = across ? HEIGHT - BOTTOM : up(at, range);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
                    px,
                    py,
                    across ? px : WIDTH - RIGHT,
                    across ? TOP : py));
            text(svg, across ? px : LEFT - 8.0, across ? py + 18 : py + 4, across ? "middle" : "end", axis.name(at));
        }
    }

    private void marks(StringBuilder svg, double[] range) {
        marks.forEach((at, words) -> {
            double px = across(at, range);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#888888\" stroke-dasharray=\"4 3\"/>%n",
                    px,
                    TOP,
                    px,
                    HEIGHT - BOTTOM));
            text(svg, px, TOP - 5, "middle", words);
        });
    }

    private static double across(double value, double[] range) {
        return LEFT + (value - range[0]) / (range[1] - range[0]) * (WIDTH - LEFT - RIGHT);
    }

    private static double up(double value, double[] range) {
        return HEIGHT - BOTTOM - (value - range[0]) / (range[1] - range[0]) * (HEIGHT - TOP - BOTTOM);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String words) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#222222\">%s</text>%n",
                x,
                y,
                anchor,
                escaped(words)));
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;");
    }
}
