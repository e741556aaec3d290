package dev.belfry.core.value;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A comparison with a constant, such as {@code > 0} or {@code == "de"}.
 *
 * <p>Numbers compare by value, texts by their characters. {@code <} and its like hold only between two numbers or two texts;
 * values of different kinds are unequal. Where nothing is there, only {@code absent} and {@code !=} hold. Immutable; equal if
 * written alike.
 */
public final class Comparison {

    /** The longest text, in characters. */
    public static final int LONGEST = 256;

    /** What a comparison looks like, as it stands after "expected". */
    public static final String WORDS =
            "a comparison such as > 0, == \"de\", != null, in [\"de\", \"at\"], exists or absent";

    private static final List<String> SYMBOLS = List.of("==", "!=", "<=", ">=", "<", ">");
    private static final String CONSTANT = "a JSON number, text in quotes, true, false or null";

    private final String operator;
    private final JsonNode constant;

    private Comparison(String operator, JsonNode constant) {
        this.operator = operator;
        this.constant = constant;
    }

    /**
     * Reads a comparison.
     *
     * @throws ValueSyntaxException if it is none, or longer than {@link #LONGEST}
     */
    public static Comparison parse(String text) throws ValueSyntaxException {
        if (text.length() > LONGEST) {
            throw new ValueSyntaxException("is " + text.length() + " characters long", "at most " + LONGEST, LONGEST);
        }
        String body = text.strip();
        int start = text.indexOf(body);
        if (body.equals("exists") || body.equals("absent")) {
            return new Comparison(body, NullNode.getInstance());
        }
        Optional<String> symbol = SYMBOLS.stream().filter(body::startsWith).findFirst();
        if (symbol.isPresent()) {
            return compared(
                    symbol.get(),
                    body.substring(symbol.get().length()),
                    start + symbol.get().length());
        }
        if (body.startsWith("in") && body.substring(2).stripLeading().startsWith("[")) {
            return listed(body.substring(2), start + 2);
        }
        String word = body.split("[^A-Za-z]", 2)[0];
        throw new ValueSyntaxException(
                body.isEmpty() ? "is empty" : "has no operator that is known",
                WORDS,
                start,
                word,
                List.of("exists", "absent", "in"));
    }

    private static Comparison compared(String operator, String rest, int offset) throws ValueSyntaxException {
        JsonNode constant = constant(rest, offset);
        if (constant.isContainerNode()) {
            throw new ValueSyntaxException("compares with a list or a mapping", CONSTANT, offset);
        }
        boolean ordered = operator.startsWith("<") || operator.startsWith(">");
        if (ordered && !constant.isNumber() && !constant.isTextual()) {
            throw new ValueSyntaxException(
                    "asks whether something is less or greater than " + constant,
                    "a number or a text in quotes; == and != for others",
                    offset);
        }
        return new Comparison(operator, constant);
    }

    private static Comparison listed(String rest, int offset) throws ValueSyntaxException {
        JsonNode list = constant(rest, offset);
        if (!list.isArray() || list.isEmpty()) {
            throw new ValueSyntaxException("lists nothing", "at least one value, such as in [\"de\", \"at\"]", offset);
        }
        for (JsonNode each : list) {
            if (each.isContainerNode()) {
                throw new ValueSyntaxException("lists a list or a mapping", CONSTANT + " in each place", offset);
            }
        }
        return new Comparison("in", list);
    }

    private static JsonNode constant(String rest, int offset) throws ValueSyntaxException {
        if (rest.isBlank()) {
            throw new ValueSyntaxException("compares with nothing", CONSTANT, offset);
        }
        try {
            return Output.of(rest).value();
        } catch (IllegalArgumentException e) {
            int at = e.getCause() instanceof JsonProcessingException json ? column(json) : 0;
            throw new ValueSyntaxException(
                    "compares with something that is not JSON", CONSTANT, offset + Math.min(at, rest.length()));
        }
    }

    private static int column(JsonProcessingException e) {
        return e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getColumnNr() - 1);
    }

    /** Whether it holds for a value; null for a place at which there is nothing. */
    boolean holds(@Nullable JsonNode value) {
        return switch (operator) {
            case "exists" -> value != null;
            case "absent" -> value == null;
            case "==" -> value != null && same(value, constant);
            case "!=" -> value == null || !same(value, constant);
            case "in" -> value != null && members().stream().anyMatch(each -> same(value, each));
            default -> value != null && ordered(value);
        };
    }

    private List<JsonNode> members() {
        List<JsonNode> members = new ArrayList<>();
        constant.forEach(members::add);
        return members;
    }

    private static boolean same(JsonNode a, JsonNode b) {
        boolean numbers = a.isNumber() && b.isNumber();
        return numbers ? a.decimalValue().compareTo(b.decimalValue()) == 0 : a.equals(b);
    }

    private boolean ordered(JsonNode value) {
        int order;
        if (value.isNumber() && constant.isNumber()) {
            order = value.decimalValue().compareTo(constant.decimalValue());
        } else if (value.isTextual() && constant.isTextual()) {
            order = value.textValue().compareTo(constant.textValue());
        } else {
            return false;
        }
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Comparison that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** The comparison in its plainest writing; {@link #parse} reads it back. */
    @Override
    public String toString() {
        boolean alone = operator.equals("exists") || operator.equals("absent");
        return alone ? operator : operator + " " + constant;
    }
}
