package dev.belfry.core.job;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads YAML or JSON into located nodes, and nothing but nodes: no type tags, no anchors, no aliases, one document, bounded
 * size and depth. So the work is linear in the text, whatever it holds.
 */
final class NodeReader {

    static final int LONGEST_TEXT = 4 * 1024 * 1024;

    /** The format itself needs 8 levels. */
    static final int DEEPEST = 32;

    private static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxStringLength(LONGEST_TEXT)
            .maxNestingDepth(DEEPEST * 4)
            .build();

    private static final JsonFactory JSON =
            JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build();

    private static final JsonFactory YAML = YAMLFactory.builder()
            .loaderOptions(loaderOptions())
            .streamReadConstraints(CONSTRAINTS)
            .build();

    private static final Pattern LINE_END = Pattern.compile("\r\n|[\n\r\u0085\u2028\u2029]");

    private final String[] lines;
    private final JsonParser parser;
    private final Reading reading;

    private NodeReader(String text, JsonParser parser, Reading reading) {
        this.lines = LINE_END.split(text, -1);
        this.parser = parser;
        this.reading = reading;
    }

    private static LoaderOptions loaderOptions() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LONGEST_TEXT + 1);
        return options;
    }

    /** The only value of the text; null after an error that made it unreadable, which is reported. */
    static @Nullable Node read(String text, boolean json, Reading reading) {
        if (text.length() > LONGEST_TEXT) {
            reading.report(
                    Position.START,
                    "",
                    Complaint.of("the text is " + text.length() + " characters long")
                            .expecting("at most " + LONGEST_TEXT + "; split it into several files"));
            return null;
        }
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        try (JsonParser parser = (json ? JSON : YAML).createParser(body)) {
            return new NodeReader(body, parser, reading).document();
        } catch (Unreadable e) {
            reading.report(e.at, e.path, e.complaint);
        } catch (JsonProcessingException e) {
            SyntaxError error = SyntaxError.of(e, body);
            reading.report(error.at(), "", error.complaint());
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be read", e);
        }
        return null;
    }

    private @Nullable Node document() throws IOException {
        if (parser.nextToken() == null) {
            throw new Unreadable(
                    Position.START, "", Complaint.of("there is nothing in it").expecting("apiVersion and jobs"));
        }
        Node root = value("", 0);
        if (parser.nextToken() != null) {
            throw new Unreadable(
                    position(),
                    "",
                    Complaint.of("a second document begins here")
                            .expecting("one document a file; list all jobs under one jobs key"));
        }
        return root;
    }

    private Node value(String path, int depth) throws IOException {
        refuseYamlExtras(path);
        Position at = position();
        if (depth > DEEPEST) {
            throw new Unreadable(at, path, Complaint.of("nested deeper than " + DEEPEST + " levels"));
        }
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> mapping(at, path, depth);
            case START_ARRAY -> sequence(at, path, depth);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> scalar(at, Node.Type.NUMBER);
            case VALUE_TRUE, VALUE_FALSE -> scalar(at, Node.Type.BOOLEAN);
            case VALUE_NULL -> new Node.Scalar(at, Node.Type.NULL, "", -1);
            default -> scalar(at, Node.Type.TEXT);
        };
    }

    private Node mapping(Position at, String path, int depth) throws IOException {
        List<Node.Entry> entries = new ArrayList<>();
        Map<String, Position> seen = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            Position keyAt = position();
            String key = parser.currentName();
            String keyPath = Paths.key(path, key);
            refuseYamlExtras(keyPath);
            parser.nextToken();
            Node value = value(keyPath, depth + 1);
            Position first = seen.putIfAbsent(key, keyAt);
            if (first == null) {
                entries.add(new Node.Entry(key, keyAt, value));
            } else {
                reading.report(
                        keyAt,
                        keyPath,
                        Complaint.of("the key is written twice, first at line " + first.line() + ", column "
                                + first.column()));
            }
        }
        return new Node.Mapping(at, entries);
    }

    private Node sequence(Position at, String path, int depth) throws IOException {
        List<Node> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(Paths.item(path, items.size()), depth + 1));
        }
        return new Node.Sequence(at, items);
    }

    private Node scalar(Position at, Node.Type type) throws IOException {
        String text = parser.getText();
        if (text.isEmpty() && !isQuoted(at)) {
            return new Node.Scalar(at, Node.Type.NULL, "", -1); // a key of YAML with nothing after it
        }
        return new Node.Scalar(at, type, text, offsetOf(text, at));
    }

    private boolean isQuoted(Position at) {
        String line = at.line() < 1 || at.line() > lines.length ? "" : lines[at.line() - 1];
        return at.column() <= line.length() && "\"'|>".indexOf(line.charAt(at.column() - 1)) >= 0;
    }

    /** Compares with the source itself, so that quotes, escapes, folded lines and block scalars need no special rules. */
    private int offsetOf(String text, Position at) {
        if (at.line() < 1 || at.line() > lines.length) {
            return -1;
        }
        String line = lines[at.line() - 1];
        int start = at.column() - 1;
        if (line.startsWith(text, start)) {
            return 0;
        }
        return line.startsWith(text, start + 1) && "\"'".indexOf(line.charAt(start)) >= 0 ? 1 : -1;
    }

    /** Anchors and tags are where YAML readers get hurt: exponential expansion, and classes chosen by the text. */
    private void refuseYamlExtras(String path) throws IOException {
        if (!(parser instanceof YAMLParser yaml)) {
            return;
        }
        if (yaml.isCurrentAlias() || yaml.getObjectId() != null) {
            throw new Unreadable(
                    position(),
                    path,
                    Complaint.of("anchors (&name) and aliases (*name) are not supported")
                            .expecting("the value itself; quote text that begins with & or *"));
        }
        if (yaml.getTypeId() != null) {
            throw new Unreadable(
                    position(),
                    path,
                    Complaint.of("type tags (!name) are not supported")
                            .expecting("the value itself; quote text that begins with !"));
        }
    }

    private Position position() {
        JsonLocation location = parser.currentTokenLocation();
        return new Position(location.getLineNr(), location.getColumnNr());
    }

    /** Ends the reading; caught in {@link #read}. */
    private static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient Position at;
        private final transient String path;
        private final transient Complaint complaint;

        Unreadable(Position at, String path, Complaint complaint) {
            super(complaint.message());
            this.at = at;
            this.path = path;
            this.complaint = complaint;
        }
    }
}
