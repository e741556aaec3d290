package dev.belfry.core.value;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A place within a JSON value: a JSON pointer of RFC 6901, such as {@code /counts/0/de}. The empty one is the value as a whole.
 *
 * @param tokens names of members and indices of elements, from the outside in, unescaped
 */
public record Pointer(List<String> tokens) {

    /** The value as a whole. */
    public static final Pointer WHOLE = new Pointer(List.of());

    /** The longest text, in characters. */
    public static final int LONGEST = 256;

    static final String WORDS = "a JSON pointer such as /count or /files/0, or nothing for the whole output";

    public Pointer {
        tokens = List.copyOf(tokens);
    }

    /**
     * Reads a pointer.
     *
     * @throws ValueSyntaxException if it is none, or longer than {@link #LONGEST}
     */
    public static Pointer parse(String text) throws ValueSyntaxException {
        if (text.length() > LONGEST) {
            throw new ValueSyntaxException("is " + text.length() + " characters long", "at most " + LONGEST, LONGEST);
        }
        if (text.isEmpty()) {
            return WHOLE;
        }
        if (text.charAt(0) != '/') {
            throw new ValueSyntaxException("does not begin with a slash", WORDS, 0);
        }
        List<String> tokens = new ArrayList<>();
        StringBuilder token = new StringBuilder();
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '/') {
                tokens.add(token.toString());
                token.setLength(0);
            } else if (c == '~') {
                token.append(escaped(text, i));
                i++;
            } else {
                token.append(c);
            }
        }
        tokens.add(token.toString());
        return new Pointer(tokens);
    }

    private static char escaped(String text, int at) throws ValueSyntaxException {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        if (next != '0' && next != '1') {
            throw new ValueSyntaxException("has a ~ that stands for nothing", "~0 for a tilde, ~1 for a slash", at);
        }
        return next == '0' ? '~' : '/';
    }

    /** What is at this place of a value, if there is anything; null counts as something. */
    Optional<JsonNode> in(JsonNode value) {
        JsonNode at = value;
        for (String token : tokens) {
            at = at.isArray() ? element(at, token) : at.get(token);
            if (at == null) {
                return Optional.empty();
            }
        }
        return Optional.of(at);
    }

    @SuppressWarnings("NullAway") // null stands for nothing there, as with JsonNode itself; looked at right above
    private static JsonNode element(JsonNode array, String token) {
        boolean index = token.matches("0|[1-9][0-9]{0,8}");
        return index ? array.get(Integer.parseInt(token)) : null;
    }

    /** The pointer as written; {@link #parse} reads it back. */
    @Override
    public String toString() {
        return tokens.stream()
                .map(token -> "/" + token.replace("~", "~0").replace("/", "~1"))
                .collect(Collectors.joining());
    }
}
