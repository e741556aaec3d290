package dev.belfry.core.job;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/** A text that is not YAML or JSON at all: where it stops being so, and why, in one line. */
record SyntaxError(Position at, Complaint complaint) {
    private static final Pattern BEGINNING = Pattern.compile(" \\(start marker at \\[[^]]*]\\)");

    static SyntaxError of(JsonProcessingException failure, String text) {
        Throwable cause = failure.getCause();
        if (cause instanceof MarkedYAMLException marked) {
            return ofYaml(marked, text);
        }
        if (cause instanceof ReaderException unreadable) {
            return new SyntaxError(
                    positionOf(unreadable.getPosition(), text),
                    Complaint.of(String.format("the character U+%04X is not allowed", unreadable.getCodePoint()))
                            .expecting("printable text; in double quotes it may be written \\xNN or \\uNNNN"));
        }
        JsonLocation location = failure.getLocation();
        Position at = location == null ? Position.START : new Position(location.getLineNr(), location.getColumnNr());
        return new SyntaxError(at, Complaint.of("not readable as JSON: " + oneLine(failure.getOriginalMessage())));
    }

    private static SyntaxError ofYaml(MarkedYAMLException failure, String text) {
        Mark mark = failure.getProblemMark();
        Position at = mark == null ? Position.START : new Position(mark.getLine() + 1, mark.getColumn() + 1);
        if (indentedByTab(text, at)) {
            return new SyntaxError(at, Complaint.of("a tab in the indentation").expecting("spaces"));
        }
        String context = oneLine(failure.getContext());
        String problem = oneLine(failure.getProblem());
        return new SyntaxError(
                at, Complaint.of("not readable as YAML: " + problem + (context.isEmpty() ? "" : ", " + context)));
    }

    private static boolean indentedByTab(String text, Position at) {
        String line = text.lines().skip(at.line() - 1L).findFirst().orElse("");
        String indentation =
                line.substring(0, line.length() - line.stripLeading().length());
        return indentation.indexOf('\t') >= 0;
    }

    private static Position positionOf(int codePoints, String text) {
        String before = text.substring(
                0, text.offsetByCodePoints(0, Math.min(codePoints, text.codePointCount(0, text.length()))));
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new Position(line, before.length() - before.lastIndexOf('\n'));
    }

    /** The parsers' own words, without where they began to read, cut to one line that says what they met. */
    private static String oneLine(@Nullable String message) {
        if (message == null) {
            return "";
        }
        String line = BEGINNING
                .matcher(message.lines().findFirst().orElse(""))
                .replaceAll("")
                .strip();
        StringBuilder clean = new StringBuilder();
        line.chars().limit(200).forEach(c -> clean.append(Character.isISOControl(c) ? '?' : (char) c));
        return clean.toString();
    }
}
