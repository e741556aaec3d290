package dev.belfry.bench.report;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown. */
final class Table {
    private final List<String> titles;
    private final List<List<String>> lines = new ArrayList<>();

    Table(List<String> titles) {
        this.titles = List.copyOf(titles);
    }

    /** @throws IllegalArgumentException if there are not as many cells as titles */
    void add(List<String> cells) {
        if (cells.size() != titles.size()) {
            throw new IllegalArgumentException(cells + " does not fit " + titles);
        }
        lines.add(List.copyOf(cells));
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        line(text, titles);
        text.append("|---".repeat(titles.size())).append("|\n");
        lines.forEach(cells -> line(text, cells));
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
