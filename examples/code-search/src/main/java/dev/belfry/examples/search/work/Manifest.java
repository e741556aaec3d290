package dev.belfry.examples.search.work;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one shard of a stage has published.
 *
 * @param shards the number of shards that the stage had when this was written
 * @param input the hash of all that the output is a function of; also the name of the generation's folder
 * @param previous the input of the generation before, kept for readers that still use it; empty when there is none
 * @param token the fencing token of the writer
 * @param writer the process that wrote it
 * @param facts what else is to be known of the output, by name; names and values without line ends
 */
public record Manifest(
        int shards, String input, String previous, long token, String writer, SortedMap<String, String> facts) {
    private static final String FIRST_LINE = "code-search manifest 1";

    public Manifest {
        facts = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    }

    /** The named fact as text; empty when it was not given. */
    public String fact(String name) {
        return facts.getOrDefault(name, "");
    }

    /** The named fact as a number; 0 when it was not given. */
    public long number(String name) {
        return Long.parseLong(facts.getOrDefault(name, "0"));
    }

    Manifest writtenBy(String newWriter, long newToken) {
        return new Manifest(shards, input, previous, newToken, newWriter, facts);
    }

    String encode() {
        StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
        text.append("shards=").append(shards).append('\n');
        text.append("input=").append(input).append('\n');
        text.append("previous=").append(previous).append('\n');
        text.append("token=").append(token).append('\n');
        text.append("writer=").append(writer).append('\n');
        facts.forEach((name, value) ->
                text.append('.').append(name).append('=').append(value).append('\n'));
        return text.append("end\n").toString();
    }

    /** The manifest of an encoded text; empty when it is not a whole manifest of this version. */
    static Optional<Manifest> parse(String text) {
        if (!text.startsWith(FIRST_LINE + '\n') || !text.endsWith("\nend\n")) {
            return Optional.empty();
        }
        Map<String, String> fields = new TreeMap<>();
        SortedMap<String, String> facts = new TreeMap<>();
        text.lines().skip(1).filter(line -> line.indexOf('=') > 0).forEach(line -> {
            int equals = line.indexOf('=');
            String value = line.substring(equals + 1);
            if (line.startsWith(".")) {
                facts.put(line.substring(1, equals), value);
            } else {
                fields.put(line.substring(0, equals), value);
            }
        });
        try {
            return Optional.of(new Manifest(
                    Integer.parseInt(fields.getOrDefault("shards", "")),
                    fields.getOrDefault("input", ""),
                    fields.getOrDefault("previous", ""),
                    Long.parseLong(fields.getOrDefault("token", "")),
                    fields.getOrDefault("writer", ""),
                    facts));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
