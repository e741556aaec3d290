package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What the parameters of a job say to the handler {@code command}.
 *
 * @param executable the name of a file, without any path
 * @param arguments in order; none holds a NUL character
 * @param variables what the other parameters become in the environment, by the name of the variable
 */
public record CommandParameters(String executable, List<String> arguments, Map<String, String> variables) {

    /** The name of the handler in definitions. */
    public static final String HANDLER = "command";

    private static final int LONGEST = 8_192;
    private static final String ARRAY = "a JSON array of texts, such as '[\"--from\", \"7\"]'";
    private static final String FILE =
            "the name of an executable in the agent's directory of allowed commands, no path";
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,3}");
    private static final EnumSet<Node.Type> ANY = EnumSet.of(Node.Type.TEXT, Node.Type.NUMBER, Node.Type.BOOLEAN);

    public CommandParameters {
        arguments = List.copyOf(arguments);
        variables = Map.copyOf(variables);
    }

    /**
     * Reads the parameters of an attempt.
     *
     * @throws IllegalDefinitionException if they are not what the handler takes, with everything that is wrong
     */
    public static CommandParameters of(Map<String, String> parameters) {
        return HandlerParameters.read(FORM, parameters);
    }

    private static final Key<CommandParameters, String> EXECUTABLE = Key.required(
            "command",
            new ScalarShape<>(
                    FILE,
                    ANY,
                    Map.of("type", List.of("string", "number", "boolean"), "pattern", "^[^/\\\\:]+$", "maxLength", 255),
                    CommandParameters::fileName,
                    name -> name),
            CommandParameters::executable,
            "The executable: the name of a file in the directory that the agent's owner allows.");
    private static final Key<CommandParameters, List<String>> ARGS = Key.optional(
            "args",
            new ScalarShape<>(
                    ARRAY,
                    EnumSet.of(Node.Type.TEXT),
                    Map.of("type", "string", "pattern", "^\\s*\\[", "maxLength", LONGEST),
                    CommandParameters::array,
                    JsonText::compact),
            CommandParameters::arguments,
            "Its arguments, as the text of a JSON array of texts. Never a shell: nothing is expanded.");
    private static final ParameterFamily ARGUMENT = new ParameterFamily(
            "arg.",
            "<n>",
            withoutNul("an argument of at most 8,192 characters"),
            rest -> NUMBER.matcher(rest).matches()
                    ? Optional.empty()
                    : Optional.of(Complaint.of("is no argument's number").expecting("arg.0, arg.1 and so on")),
            "(0|[1-9][0-9]{0,3})",
            "The same one by one: `arg.0`, `arg.1` and so on without gaps; either way, not both.");
    private static final ParameterFamily VARIABLE = new ParameterFamily(
            "",
            "<name>",
            withoutNul("a value of at most 8,192 characters"),
            CommandParameters::slip,
            "",
            "Any other reaches the executable as the variable `BELFRY_PARAM_<NAME>`.");

    static final ParameterForm<CommandParameters> FORM = new ParameterForm<>(
            HANDLER,
            List.of(EXECUTABLE, ARGS),
            List.of(ARGUMENT, VARIABLE),
            CommandParameters::check,
            given -> new CommandParameters(
                    given.single().get(EXECUTABLE), arguments(given), variables(given.of(VARIABLE), name -> {})));

    /** What is wrong with a shard's parameter, which reaches the executable as a variable, too. */
    static Optional<Complaint> shardProblem(String parameter) {
        return parameter.indexOf(0) < 0
                ? Optional.empty()
                : Optional.of(Complaint.of("holds a NUL character, which no variable of the handler command can"));
    }

    private static Shape<String> withoutNul(String words) {
        return new ScalarShape<>(
                words,
                ANY,
                Map.of("type", List.of("string", "number", "boolean"), "maxLength", LONGEST),
                text -> {
                    refuseNul(text);
                    return text;
                },
                value -> value);
    }

    private static void refuseNul(String text) throws Refused {
        if (text.indexOf(0) >= 0) {
            throw new Refused("holds a NUL character, which neither arguments nor variables can");
        }
    }

    private static String fileName(String text) throws Refused {
        boolean plain = !text.isBlank() && text.length() <= 255 && !text.equals(".") && !text.equals("..");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '/' || c == '\\') {
                throw new Refused(Complaint.of("is a path: " + Complaint.quote(text)), i);
            }
            plain &= c != ':' && !Character.isISOControl(c);
        }
        if (!plain) {
            throw new Refused("is " + Complaint.quote(text));
        }
        return text;
    }

    private static List<String> array(String text) throws Refused {
        if (text.isBlank()) {
            throw new Refused("is empty");
        }
        Reading scratch = new Reading("");
        Node node = NodeReader.read(text, true, scratch);
        if (node == null) {
            DefinitionError error = scratch.errors().get(0);
            throw new Refused(Complaint.of(error.message()), error.line() == 1 ? error.column() - 1 : 0);
        }
        if (!(node instanceof Node.Sequence sequence)) {
            throw new Refused("is JSON, but " + node.kind());
        }
        List<String> arguments = new ArrayList<>();
        for (Node item : sequence.items()) {
            if (!(item instanceof Node.Scalar scalar) || scalar.type() != Node.Type.TEXT) {
                Position at = item.at();
                throw new Refused(
                        Complaint.of("holds " + item.kind() + " as argument " + arguments.size()),
                        at.line() == 1 ? at.column() - 1 : 0);
            }
            refuseNul(scalar.text());
            arguments.add(scalar.text());
        }
        return arguments;
    }

    /** A name that would be a variable, but hardly was meant as one. */
    private static Optional<Complaint> slip(String name) {
        for (String known : List.of("command", "args", "arg")) {
            if (name.equalsIgnoreCase(known) || name.toLowerCase(Locale.ROOT).startsWith(known + ".")) {
                return Optional.of(Complaint.of("is no parameter of the handler command")
                        .expecting("command, args, arg.0, arg.1 and so on, or a name of its own")
                        .hinting("did you mean " + (known.equals("arg") ? "arg.0" : known) + "?"));
            }
        }
        return Optional.empty();
    }

    private static void check(ParameterForm.Given given) {
        Map<String, String> numbered = given.of(ARGUMENT);
        if (given.single().has(ARGS) && !numbered.isEmpty()) {
            given.single()
                    .report(
                            Complaint.of("args and arg.0, arg.1, ... exclude each other")
                                    .expecting("one way"),
                            ARGS);
        }
        for (String number : numbered.keySet()) {
            if (Integer.parseInt(number) >= numbered.size()) {
                given.report(
                        ARGUMENT,
                        number,
                        Complaint.of("leaves a gap: there are only " + numbered.size() + " arguments")
                                .expecting("arg.0, arg.1 and so on, without gaps"));
            }
        }
        variables(
                given.of(VARIABLE),
                name -> given.report(
                        VARIABLE,
                        name,
                        Complaint.of("and another parameter would both be the variable " + variable(name))
                                .expecting("names that differ in letters and digits")));
    }

    private static List<String> arguments(ParameterForm.Given given) {
        List<String> listed = given.single().find(ARGS);
        Map<String, String> numbered = given.of(ARGUMENT);
        List<String> arguments = new ArrayList<>(listed == null ? List.of() : listed);
        for (int i = 0; i < numbered.size(); i++) {
            arguments.add(numbered.getOrDefault(Integer.toString(i), ""));
        }
        return arguments;
    }

    private static Map<String, String> variables(Map<String, String> others, Consumer<String> repeated) {
        Map<String, String> variables = new LinkedHashMap<>();
        new TreeMap<>(others).forEach((name, value) -> {
            if (variables.put(variable(name), value) != null) {
                repeated.accept(name);
            }
        });
        return variables;
    }

    private static String variable(String name) {
        return "BELFRY_PARAM_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
    }
}
