package dev.belfry.core.job;

import dev.belfry.core.value.Comparison;
import dev.belfry.core.value.Condition;
import dev.belfry.core.value.Pointer;
import dev.belfry.core.value.ValueSyntaxException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of when, and everything else in a job that looks at outputs of upstream jobs. */
final class WhenForm {

    /** The most conditions of a job. */
    static final int MOST = 8;

    private WhenForm() {}

    /** Reads a text of one of the small languages of values. */
    @FunctionalInterface
    private interface Language<V> {
        V parse(String text) throws ValueSyntaxException;
    }

    static final Key<Condition, String> UPSTREAM = Key.required(
            "upstream",
            Scalars.word(JobForm.NAME_WORDS, JobDefinition.NAME),
            Condition::upstream,
            "The upstream job whose output is looked at, one of those in after.");
    private static final Key<Condition, Pointer> PATH = Key.<Condition, Pointer>optional(
                    "path",
                    text("a JSON pointer such as /count", Pointer.LONGEST, Pointer::parse),
                    Condition::path,
                    "The place within the output, as a JSON pointer: /count, /files/0; the whole output unless set.")
            .defaulting(Pointer.WHOLE);
    private static final Key<Condition, Comparison> IS = Key.required(
            "is",
            text(Comparison.WORDS, Comparison.LONGEST, Comparison::parse),
            Condition::is,
            "What must hold there: ==, !=, <, <=, >, >= with a JSON number, text in quotes, true, false or null; in with a list of"
                    + " them; exists; absent. Write it in quotes. It is no script.");

    static final Form<Condition> FORM = new Form<>(
            "when",
            List.of(UPSTREAM, PATH, IS),
            values -> {},
            values -> new Condition(values.get(UPSTREAM), values.get(PATH), values.get(IS)));

    /** One condition, or a list of those that must all hold. */
    static final Shape<List<Condition>> CONDITIONS = new ByKind<>(
            Node.Mapping.class,
            Mapped.single(FORM),
            Node.Sequence.class,
            ListShape.of(FORM, "a list of conditions", MOST),
            list -> list.size() == 1);

    private static <V> Shape<V> text(String words, int longest, Language<V> language) {
        return new ScalarShape<>(
                words,
                EnumSet.of(Node.Type.TEXT),
                Map.of("type", "string", "maxLength", longest),
                text -> {
                    Scalars.checked(text, longest);
                    try {
                        return language.parse(text);
                    } catch (ValueSyntaxException e) {
                        throw new Refused(complaint(e), e.index());
                    }
                },
                Object::toString);
    }

    private static Complaint complaint(ValueSyntaxException e) {
        return Complaint.of(e.reason()).expecting(e.expected()).nearest(e.word(), e.candidates());
    }

    static void check(Values values) {
        if (values.has(JobForm.WHEN) && !values.has(JobForm.AFTER)) {
            values.report(
                    Complaint.of("there is no upstream whose output could be looked at")
                            .expecting("after, a list of jobs"),
                    JobForm.WHEN);
        }
        if (!values.sound(JobForm.AFTER)) {
            return;
        }
        List<String> after = values.get(JobForm.AFTER);
        if (values.has(JobForm.AFTER) && values.sound(JobForm.WHEN) && values.has(JobForm.WHEN)) {
            checkConditions(values.get(JobForm.WHEN), after, values);
        }
        if (!values.reading().stored()
                && values.sound(JobForm.PARAMETERS)
                && values.node(JobForm.PARAMETERS) instanceof Node.Mapping parameters) {
            Set<String> known = Set.copyOf(after);
            parameters.entries().forEach(entry -> ParameterRules.check(entry, after, known, values));
        }
    }

    private static void checkConditions(List<Condition> conditions, List<String> after, Values values) {
        String path = Paths.key(values.path(), JobForm.WHEN.name());
        for (int i = 0; i < conditions.size(); i++) {
            String upstream = conditions.get(i).upstream();
            if (after.contains(upstream) || values.node(JobForm.WHEN) == null) {
                continue;
            }
            Node written = values.node(JobForm.WHEN);
            boolean listed = written instanceof Node.Sequence;
            Node one =
                    written instanceof Node.Sequence sequence ? sequence.items().get(i) : written;
            Node at = one instanceof Node.Mapping mapping ? mapping.get(UPSTREAM.name()) : null;
            values.reading()
                    .report(
                            at == null ? values.mapping().at() : at.at(),
                            Paths.key(listed ? Paths.item(path, i) : path, UPSTREAM.name()),
                            notUpstream(upstream, after));
        }
    }

    static Complaint notUpstream(String job, List<String> after) {
        return Complaint.of("the job does not run after " + Complaint.quote(job))
                .expecting(after.isEmpty() ? "after, with " + job : "one of after: " + String.join(", ", after))
                .nearest(job, after);
    }
}
