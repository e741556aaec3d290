package dev.belfry.examples.nightly;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/** The page of one day: a function of its totals, and of nothing else. */
record ReportPage(String day, List<Warehouse.Total> totals) {
    ReportPage {
        totals = List.copyOf(totals);
    }

    String html() {
        StringBuilder html = new StringBuilder("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Sales of " + text(day)
                + "</title>\n<h1>Sales of " + text(day) + "</h1>\n<table>\n"
                + "<tr><th>Shop</th><th>Pieces</th><th>Turnover</th></tr>\n");
        long pieces = 0;
        long cents = 0;
        for (Warehouse.Total total : totals) {
            html.append(row("td", text(total.shop()), total.quantity(), total.cents()));
            pieces += total.quantity();
            cents += total.cents();
        }
        return html.append(row("th", "All", pieces, cents)).append("</table>\n").toString();
    }

    private static String row(String cell, String name, long pieces, long cents) {
        return String.format(
                Locale.ROOT,
                "<tr><%1$s>%2$s</%1$s><%1$s>%3$d</%1$s><%1$s>%4$d.%5$02d</%1$s></tr>%n",
                cell,
                name,
                pieces,
                cents / 100,
                cents % 100);
    }

    private static String text(String raw) {
        return raw.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** Writes it as {@code DAY.html}, in one step; a page that says the same already is left as it is. */
    boolean writeTo(Path folder) throws IOException {
        Path page = folder.resolve(day + ".html");
        String html = html();
        if (Files.exists(page) && Files.readString(page, StandardCharsets.UTF_8).equals(html)) {
            return false;
        }
        Files.createDirectories(folder);
        Path written = Files.writeString(Files.createTempFile(folder, day, ".tmp"), html, StandardCharsets.UTF_8);
        Files.move(written, page, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return true;
    }
}
