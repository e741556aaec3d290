package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The shapes of single values that are not about time. */
final class Scalars {

    private static final Set<Node.Type> TEXT = EnumSet.of(Node.Type.TEXT);
    private static final Set<Node.Type> NUMBER = EnumSet.of(Node.Type.NUMBER);
    private static final Set<Node.Type> ANY = EnumSet.of(Node.Type.TEXT, Node.Type.NUMBER, Node.Type.BOOLEAN);
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern REAL = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?");

    private Scalars() {}

    /** Text that must be written as text. */
    static Shape<String> text(String words, int longest) {
        return new ScalarShape<>(
                words,
                TEXT,
                Map.of("type", "string", "maxLength", longest),
                text -> checked(text, longest),
                value -> value);
    }

    /** Text of a closed form, such as a name. */
    static Shape<String> word(String words, Pattern pattern) {
        return new ScalarShape<>(
                words,
                TEXT,
                Map.of("type", "string", "pattern", "^(?:" + pattern.pattern() + ")$"),
                text -> {
                    if (!pattern.matcher(text).matches()) {
                        throw new Refused("is " + Complaint.quote(text));
                    }
                    return text;
                },
                value -> value);
    }

    /** Text for the user's own code: numbers, true and false are taken as the characters that were written. */
    static Shape<String> literal(String words, int longest) {
        return new ScalarShape<>(
                words,
                ANY,
                Map.of("type", List.of("string", "number", "boolean"), "maxLength", longest),
                text -> checked(text, longest),
                value -> value);
    }

    static Shape<Integer> whole(int least, int most) {
        String words = String.format(Locale.ROOT, "a whole number from %,d to %,d", least, most);
        return new ScalarShape<>(
                words,
                NUMBER,
                Map.of("type", "integer", "minimum", least, "maximum", most),
                text -> {
                    if (!WHOLE.matcher(text).matches() || Long.parseLong(text) < least || Long.parseLong(text) > most) {
                        throw new Refused("is " + shortened(text));
                    }
                    return Integer.parseInt(text);
                },
                value -> value);
    }

    static Shape<Double> real(double least, double most) {
        return new ScalarShape<>(
                "a number from " + plain(least) + " to " + plain(most),
                NUMBER,
                Map.of("type", "number", "minimum", least, "maximum", most),
                text -> {
                    double value = REAL.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
                    if (!(value >= least && value <= most)) {
                        throw new Refused("is " + shortened(text));
                    }
                    return value == 0 ? 0.0 : value;
                },
                Scalars::number);
    }

    static Shape<Boolean> bool() {
        return new ScalarShape<>(
                "true or false",
                EnumSet.of(Node.Type.BOOLEAN),
                Map.of("type", "boolean"),
                text -> {
                    // Older YAML takes yes, on and y for true as well; guessing wrong would switch a job on or off.
                    if (!"true".equalsIgnoreCase(text) && !"false".equalsIgnoreCase(text)) {
                        throw new Refused("is " + text);
                    }
                    return "true".equalsIgnoreCase(text);
                },
                value -> value);
    }

    /** A value of an enum, written in lower case with hyphens. */
    static <E extends Enum<E>> Shape<E> choice(Class<E> type) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add(nameOf(constant));
        }
        return new ScalarShape<>(
                String.join(" | ", names),
                TEXT,
                Map.of("enum", List.copyOf(names)),
                text -> {
                    int index = names.indexOf(text);
                    if (index < 0) {
                        throw new Refused(
                                Complaint.of("is " + Complaint.quote(text)).nearest(text, names), 0);
                    }
                    return type.getEnumConstants()[index];
                },
                Scalars::nameOf);
    }

    static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Bytes with a unit: {@code KB MB GB TB} are powers of 1000, {@code KiB MiB GiB TiB} of 1024. */
    static Shape<Long> bytes(String words) {
        return new ScalarShape<>(
                words,
                TEXT,
                Map.of("type", "string", "pattern", "^" + ByteSize.PATTERN + "$"),
                ByteSize::parse,
                ByteSize::format);
    }

    static String checked(String text, int longest) throws Refused {
        if (text.length() > longest) {
            throw new Refused(String.format(Locale.ROOT, "is %,d characters long", text.length()));
        }
        for (int i = 0; i < text.length(); i++) {
            boolean pair = Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                throw new Refused("holds half of a surrogate pair, which is not text");
            }
        }
        return text;
    }

    /** Whole values without a fraction, so that {@code 2.0} and {@code 2} are written alike. */
    static Number number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Number) (long) value : (Number) value;
    }

    private static String plain(double value) {
        return number(value).toString();
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
