package dev.belfry.examples.nightly;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the shops have sold: a folder with a file for each, {@code SHOP.csv}. */
record Shops(Path folder) {
    private static final String SUFFIX = ".csv";

    /** What the shops of one share sold on a day, by shop. */
    SortedMap<String, List<Sale>> on(String day, int shard, int shards) throws IOException {
        SortedMap<String, List<Sale>> sales = new TreeMap<>();
        for (Path file : files()) {
            String shop = String.valueOf(file.getFileName()).replace(SUFFIX, "");
            if (Math.floorMod(shop.toLowerCase(Locale.ROOT).hashCode(), shards) == shard) {
                sales.put(
                        shop,
                        Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                                .filter(line -> line.startsWith(day + ","))
                                .map(Sale::parse)
                                .toList());
            }
        }
        return sales;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }
}
