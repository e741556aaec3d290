package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.text.Summary;
import dev.belfry.examples.search.text.Tokeniser;
import dev.belfry.examples.search.work.Fields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * A file after tokenising.
 *
 * @param hash of the file's content
 * @param length in terms
 * @param summary see {@link Summary}; empty when there is none
 * @param terms how often each term occurs
 */
record Row(String path, String hash, int length, String summary, SortedMap<String, Integer> terms) {
    static Row of(String path, String hash, byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        SortedMap<String, Integer> terms = new TreeMap<>();
        Tokeniser.terms(text, term -> terms.merge(term, 1, Integer::sum));
        int length = terms.values().stream().mapToInt(Integer::intValue).sum();
        return new Row(path, hash, length, Summary.of(path, text), terms);
    }

    /** One line with its own check sum: rows are taken over from files that may have been cut short by a crash. */
    String encode() {
        StringBuilder bag = new StringBuilder();
        terms.forEach((term, count) ->
                bag.append(bag.isEmpty() ? "" : " ").append(term).append(':').append(count));
        String body = Fields.join(path, hash, length, summary, bag);
        return body + '\t' + checksum(body);
    }

    /** The row of a line; empty when the line is damaged. */
    static Optional<Row> parse(String line) {
        int tab = line.lastIndexOf('\t');
        if (tab < 0 || !line.substring(tab + 1).equals(checksum(line.substring(0, tab)))) {
            return Optional.empty();
        }
        List<String> fields = Fields.split(line.substring(0, tab), 5);
        SortedMap<String, Integer> terms = new TreeMap<>();
        String bag = fields.get(4);
        for (String entry : bag.isEmpty() ? new String[0] : bag.split(" ")) {
            int colon = entry.lastIndexOf(':');
            terms.put(entry.substring(0, colon), Integer.parseInt(entry.substring(colon + 1)));
        }
        return Optional.of(
                new Row(fields.get(0), fields.get(1), Integer.parseInt(fields.get(2)), fields.get(3), terms));
    }

    void addTo(Map<String, PostingList> postings, int document) {
        terms.forEach((term, count) ->
                postings.computeIfAbsent(term, t -> new PostingList()).add(document, count));
    }

    private static String checksum(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
