package dev.belfry.core.value;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a parameter with references in it: {@code ${upstream.tokenise/count}}, {@code ${upstream.tokenise/count|0}} with a
 * text for where nothing is there, {@code ${due-1d.date}}. A second dollar sign in front takes the meaning away.
 * Immutable.
 */
public final class Template {

    static final String WORDS = "${upstream.JOB/path}, ${due} or ${due-1d.date}; $${ for the characters ${ themselves";

    private static final String OPEN = "${";
    private static final String UPSTREAM = "upstream";
    private static final Pattern JOB = Pattern.compile("[a-z0-9][a-z0-9._-]{0,127}");

    /** A stretch of the text. */
    private sealed interface Part {}

    private record Literal(String text) implements Part {}

    private record FromUpstream(String job, Pointer place, Optional<String> otherwise, int index) implements Part {}

    private record Dated(DateMacro macro, int index) implements Part {}

    /**
     * A job whose output is referred to.
     *
     * @param job its name
     * @param index where the reference begins in the text
     */
    public record Reference(String job, int index) {}

    private final List<Part> parts;

    private Template(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Whether a text is what it says, without references and escapes. */
    public static boolean isPlain(String text) {
        return !text.contains(OPEN);
    }

    /**
     * Reads a text.
     *
     * @throws ValueSyntaxException if a reference in it cannot be read
     */
    public static Template parse(String text) throws ValueSyntaxException {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            if (text.startsWith("$" + OPEN, i)) {
                literal.append(OPEN);
                i += 3;
            } else if (text.startsWith(OPEN, i)) {
                int close = text.indexOf('}', i);
                if (close < 0) {
                    throw new ValueSyntaxException("opens a reference that is not closed", WORDS, i);
                }
                parts.add(new Literal(literal.toString()));
                literal.setLength(0);
                parts.add(reference(text.substring(i + 2, close), i));
                i = close + 1;
            } else {
                literal.append(text.charAt(i++));
            }
        }
        parts.add(new Literal(literal.toString()));
        return new Template(parts);
    }

    private static Part reference(String inner, int open) throws ValueSyntaxException {
        int start = open + OPEN.length();
        try {
            if (inner.startsWith(UPSTREAM + ".")) {
                return fromUpstream(inner, open);
            }
            if (inner.matches("due([^a-z].*)?")) {
                return new Dated(DateMacro.parse(inner), open);
            }
        } catch (ValueSyntaxException e) {
            throw e.within(start);
        }
        String word = inner.split("[^A-Za-z]", 2)[0];
        throw new ValueSyntaxException(
                "refers to nothing that is known: ${" + shortened(inner) + "}",
                WORDS,
                start,
                word,
                List.of(UPSTREAM, DateMacro.WORD));
    }

    private static Part fromUpstream(String inner, int open) throws ValueSyntaxException {
        int bar = inner.indexOf('|');
        String target = bar < 0 ? inner : inner.substring(0, bar);
        int nameAt = UPSTREAM.length() + 1;
        int slash = target.indexOf('/');
        int nameEnd = slash < 0 ? target.length() : slash;
        String job = target.substring(nameAt, nameEnd);
        Matcher name = JOB.matcher(job);
        if (!name.matches()) {
            throw new ValueSyntaxException("names no job: \"" + shortened(job) + "\"", WORDS, nameAt);
        }
        try {
            Pointer place = Pointer.parse(target.substring(nameEnd));
            Optional<String> otherwise = bar < 0 ? Optional.empty() : Optional.of(inner.substring(bar + 1));
            return new FromUpstream(job, place, otherwise, open);
        } catch (ValueSyntaxException e) {
            throw e.within(nameEnd);
        }
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    /** The jobs whose outputs it refers to, in the order of the text. */
    public List<Reference> upstreams() {
        Set<Reference> found = new LinkedHashSet<>();
        for (Part part : parts) {
            if (part instanceof FromUpstream from) {
                found.add(new Reference(from.job(), from.index()));
            }
        }
        return List.copyOf(found);
    }

    /** Where the first date stands that depends on the zone of a trigger; -1 for none. */
    public int zonedAt() {
        return first(true);
    }

    /** Where the first date stands that counts by the calendar of a trigger; -1 for none. */
    public int calendarAt() {
        return first(false);
    }

    private int first(boolean zoned) {
        for (Part part : parts) {
            if (part instanceof Dated dated
                    && (zoned ? dated.macro().needsZone() : dated.macro().needsCalendar())) {
                return dated.index();
            }
        }
        return -1;
    }

    /** The text with everything it refers to; what is wrong is added to {@code problems}, and the text then means nothing. */
    String resolve(Surroundings from, List<String> problems) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Literal literal) {
                text.append(literal.text());
            } else if (part instanceof FromUpstream reference) {
                text.append(value(reference, from, problems));
            } else if (part instanceof Dated dated) {
                text.append(date(dated.macro(), from, problems));
            }
        }
        return text.toString();
    }

    private static String value(FromUpstream reference, Surroundings from, List<String> problems) {
        Optional<Output> output = Optional.ofNullable(from.outputs().get(reference.job()));
        Optional<String> found =
                output.flatMap(some -> some.text(reference.place())).or(reference::otherwise);
        if (found.isEmpty()) {
            problems.add(
                    output.isEmpty()
                            ? "the job " + reference.job() + " has no output"
                            : "there is no " + reference.place() + " in the output of " + reference.job());
        }
        return found.orElse("");
    }

    private static String date(DateMacro macro, Surroundings from, List<String> problems) {
        try {
            return macro.resolve(from.due());
        } catch (DateMacro.NoSuchDay e) {
            problems.add("${" + macro + "}: " + e.getMessage());
            return "";
        }
    }
}
