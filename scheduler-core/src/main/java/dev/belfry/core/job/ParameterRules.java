package dev.belfry.core.job;

import dev.belfry.core.schedule.ManualTrigger;
import dev.belfry.core.schedule.Trigger;
import dev.belfry.core.value.Template;
import dev.belfry.core.value.ValueSyntaxException;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What must hold of the references in the parameters of a job. */
final class ParameterRules {

    private ParameterRules() {}

    /** Checks one parameter, if it refers to anything. */
    static void check(Node.Entry entry, List<String> after, Set<String> known, Values values) {
        if (!(entry.value() instanceof Node.Scalar scalar) || Template.isPlain(scalar.text())) {
            return;
        }
        String path = Paths.key(Paths.key(values.path(), JobForm.PARAMETERS.name()), entry.key());
        Template template;
        try {
            template = Template.parse(scalar.text());
        } catch (ValueSyntaxException e) {
            values.reading()
                    .report(
                            scalar.atCharacter(e.index()),
                            path,
                            Complaint.of(e.reason()).expecting(e.expected()).nearest(e.word(), e.candidates()));
            return;
        }
        for (Template.Reference reference : template.upstreams()) {
            if (!known.contains(reference.job())) {
                values.reading()
                        .report(
                                scalar.atCharacter(reference.index()),
                                path,
                                WhenForm.notUpstream(reference.job(), after));
            }
        }
        checkDates(template, scalar, path, values);
    }

    private static void checkDates(Template template, Node.Scalar scalar, String path, Values values) {
        List<Trigger> triggers = values.find(JobForm.TRIGGER);
        if (!values.sound(JobForm.TRIGGER) || triggers == null) {
            return; // what it counts from is the trigger of its workflow, which is checked with the graph
        }
        boolean manual = triggers.stream().allMatch(ManualTrigger.class::isInstance);
        long zones = triggers.stream()
                .map(trigger -> trigger.options().zone())
                .distinct()
                .count();
        if (template.zonedAt() >= 0 && zones > 1) {
            values.reading()
                    .report(
                            scalar.atCharacter(template.zonedAt()),
                            path,
                            Complaint.of("has no one zone: the triggers are in " + zones)
                                    .expecting("one zone for all triggers"));
        }
        long calendars = triggers.stream()
                .map(trigger -> trigger.options().calendar())
                .filter(Objects::nonNull)
                .distinct()
                .count();
        boolean everywhere =
                triggers.stream().allMatch(trigger -> trigger.options().calendar() != null);
        if (template.calendarAt() >= 0 && (calendars != 1 || !everywhere)) {
            values.reading()
                    .report(
                            scalar.atCharacter(template.calendarAt()),
                            path,
                            Complaint.of("counts business days, but "
                                            + (manual
                                                    ? "a manual trigger has no calendar"
                                                    : "the triggers do not all have the same calendar"))
                                    .expecting("a trigger with a calendar, or steps of d instead of b"));
        }
    }
}
