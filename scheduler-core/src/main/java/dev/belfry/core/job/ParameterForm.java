package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that a built-in handler takes. As with {@link Form}, the table of keys is all there is: the check of
 * definitions, the reading when a fire runs, the schema and the reference follow from it.
 */
final class ParameterForm<R> {

    /** What was read: values of single parameters, and those of families by the rest of their names. */
    record Given(Values single, Map<ParameterFamily, Map<String, String>> families) {

        Map<String, String> of(ParameterFamily family) {
            return families.getOrDefault(family, Map.of());
        }

        /** Reports an error at a parameter of a family. */
        void report(ParameterFamily family, String rest, Complaint complaint) {
            String name = family.prefix() + rest;
            Node node = single.mapping().get(name);
            single.reading()
                    .report(
                            node == null ? single.mapping().at() : node.at(),
                            Paths.key(single.path(), name),
                            complaint);
        }
    }

    private final String handler;
    private final List<Key<R, ?>> keys;
    private final List<ParameterFamily> families;
    private final Consumer<Given> rules;
    private final Function<Given, R> make;

    /**
     * @param handler name of the handler
     * @param families a name belongs to the first that holds it
     * @param rules checks that look at several parameters; they report what they find
     * @param make the record, called only if nothing was wrong
     */
    ParameterForm(
            String handler,
            List<Key<R, ?>> keys,
            List<ParameterFamily> families,
            Consumer<Given> rules,
            Function<Given, R> make) {
        this.handler = handler;
        this.keys = List.copyOf(keys);
        this.families = List.copyOf(families);
        this.rules = rules;
        this.make = make;
    }

    String handler() {
        return handler;
    }

    List<Key<R, ?>> keys() {
        return keys;
    }

    List<ParameterFamily> families() {
        return families;
    }

    /** Reads all parameters and reports everything that is wrong with them; null if anything is. */
    @Nullable
    R read(Node.Mapping mapping, String path, Reading reading) {
        int before = reading.found();
        Values single = new Values(mapping, path, reading);
        Given given = new Given(single, new LinkedHashMap<>());
        List<String> strangers = new ArrayList<>();
        for (Node.Entry entry : mapping.entries()) {
            if (keyNames().contains(entry.key())) {
                continue;
            }
            Optional<ParameterFamily> family =
                    families.stream().filter(each -> each.holds(entry.key())).findFirst();
            if (family.isEmpty()) {
                reading.report(entry.at(), Paths.key(path, entry.key()), unknown(entry.key()));
            } else {
                readOfFamily(family.get(), entry, given);
            }
            if (family.isEmpty() || family.get().prefix().isEmpty()) {
                strangers.add(entry.key());
            }
        }
        for (Key<R, ?> key : keys) {
            single.read(key);
            if (key.required() && mapping.get(key.name()) == null) {
                reading.report(mapping.at(), path, missing(key, strangers));
            }
        }
        rules.accept(given);
        return reading.found() == before ? make.apply(given) : null;
    }

    private static void readOfFamily(ParameterFamily family, Node.Entry entry, Given given) {
        Reading reading = given.single().reading();
        String at = Paths.key(given.single().path(), entry.key());
        String rest = entry.key().substring(family.prefix().length());
        Optional<Complaint> wrong = family.names().apply(rest);
        wrong.ifPresent(complaint -> reading.report(entry.at(), at, complaint));
        String value = family.shape().read(entry.value(), at, reading);
        if (value != null && wrong.isEmpty()) {
            given.families().computeIfAbsent(family, absent -> new TreeMap<>()).put(rest, value);
        }
    }

    private Complaint unknown(String name) {
        Complaint complaint = Complaint.of("the handler " + handler + " has no such parameter")
                .expecting("one of " + String.join(", ", titles()));
        int dot = name.indexOf('.');
        return families.stream()
                .filter(family -> dot > 0)
                .filter(family -> NearestKey.to(name.substring(0, dot + 1), List.of(family.prefix()))
                        .isPresent())
                .findFirst()
                .map(family -> complaint.hinting("did you mean " + family.prefix() + name.substring(dot + 1) + "?"))
                .orElseGet(() -> complaint.nearest(name, titles()));
    }

    private Complaint missing(Key<R, ?> key, List<String> strangers) {
        Complaint complaint = Complaint.of(key.name() + " is missing; the handler " + handler + " needs it")
                .expecting(key.shape().words());
        return NearestKey.to(key.name(), strangers)
                .map(stranger -> complaint.hinting("is " + Complaint.quote(stranger) + " meant to be it?"))
                .orElse(complaint);
    }

    private List<String> keyNames() {
        return keys.stream().map(Key::name).toList();
    }

    /** The names that have a meaning, as documents write them. */
    private List<String> titles() {
        List<String> titles = new ArrayList<>(keyNames());
        families.stream().map(ParameterFamily::title).forEach(titles::add);
        return titles;
    }

    Map<String, Object> schema(SchemaParts parts) {
        return parts.reference("parameters-of-" + handler, () -> {
            Map<String, Object> properties = new LinkedHashMap<>();
            keys.forEach(key -> properties.put(
                    key.name(), described(key.meaning(), key.shape().schema(parts))));
            Map<String, Object> patterns = new LinkedHashMap<>();
            Object others = false;
            for (ParameterFamily family : families) {
                Map<String, Object> described =
                        described(family.meaning(), family.shape().schema(parts));
                if (family.prefix().isEmpty()) {
                    others = described;
                } else {
                    patterns.put("^" + family.prefix().replace(".", "\\.") + family.pattern() + "$", described);
                }
            }
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("properties", properties);
            schema.put("patternProperties", patterns);
            schema.put(
                    "required",
                    keys.stream().filter(Key::required).map(Key::name).toList());
            schema.put("additionalProperties", others);
            return schema;
        });
    }

    private static Map<String, Object> described(String meaning, Map<String, Object> schema) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("description", meaning);
        described.putAll(new TreeMap<>(schema));
        return described;
    }
}
