package dev.belfry.agent.handler;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The statuses that count as success: a list such as {@code 200,204,300-304}. */
final class ExpectedStatus {
    private static final Pattern PART = Pattern.compile("\\s*([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?\\s*");

    private record Range(int first, int last) {}

    private final String text;
    private final List<Range> ranges = new ArrayList<>();

    /** @throws IllegalArgumentException whose message completes a sentence that begins with the parameter's name */
    ExpectedStatus(String text) {
        this.text = text;
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "is a list of statuses and ranges such as 200,204,300-304, not '" + text + "'");
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first) {
                throw new IllegalArgumentException("holds a range that ends before it begins: '" + part.strip() + "'");
            }
            ranges.add(new Range(first, last));
        }
    }

    boolean holds(int status) {
        return ranges.stream().anyMatch(range -> status >= range.first() && status <= range.last());
    }

    @Override
    public String toString() {
        return text;
    }
}
