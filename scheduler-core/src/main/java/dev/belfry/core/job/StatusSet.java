package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP statuses from 100 to 599, written as a list such as {@code 200,204,300-304}. Immutable. */
public final class StatusSet {

    /** 200 to 299. */
    public static final StatusSet SUCCESS = new StatusSet("200-299", List.of(new Range(200, 299)));

    private static final Pattern PART = Pattern.compile("\\s*([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?\\s*");

    private record Range(int first, int last) {}

    private final String text;
    private final List<Range> ranges;

    private StatusSet(String text, List<Range> ranges) {
        this.text = text;
        this.ranges = List.copyOf(ranges);
    }

    static StatusSet parse(String text) throws Refused {
        List<Range> ranges = new ArrayList<>();
        int at = 0;
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                throw new Refused(Complaint.of(part.isBlank() ? "misses a status" : "is " + Complaint.quote(text)), at);
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first) {
                throw new Refused(
                        Complaint.of("holds a range that ends before it begins: " + Complaint.quote(part.strip())), at);
            }
            ranges.add(new Range(first, last));
            at += part.length() + 1;
        }
        return new StatusSet(text, ranges);
    }

    /** Whether the status is one of them. */
    public boolean holds(int status) {
        return ranges.stream().anyMatch(range -> status >= range.first() && status <= range.last());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StatusSet set && set.ranges.equals(ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
