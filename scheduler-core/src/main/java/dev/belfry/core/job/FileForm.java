package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/** The keys at the top of a file. */
final class FileForm {

    static final String VERSION = "belfry/v1";

    private static final int MOST_JOBS = 100_000;

    private FileForm() {}

    /** What a file declares. */
    record Content(
            Map<String, BusinessCalendar> calendars,
            Map<String, QueueRules> queues,
            Map<String, Integer> pools,
            List<JobDefinition> jobs) {}

    private static final Key<Content, String> API_VERSION = Key.required(
            "apiVersion",
            new ScalarShape<>(
                    VERSION,
                    EnumSet.of(Node.Type.TEXT),
                    Map.of("const", VERSION),
                    text -> {
                        if (!text.equals(VERSION)) {
                            throw new Refused("is " + Complaint.quote(text));
                        }
                        return text;
                    },
                    text -> text),
            content -> VERSION,
            "The version of this format.");
    static final Key<Content, Map<String, BusinessCalendar>> CALENDARS =
            Key.<Content, Map<String, BusinessCalendar>>optional(
                            "calendars",
                            new CalendarsShape(),
                            Content::calendars,
                            "Calendars by name, for the triggers of all jobs of the file.")
                    .defaulting(Map.of());
    static final Key<Content, Map<String, QueueRules>> QUEUES = Key.<Content, Map<String, QueueRules>>optional(
                    "queues",
                    QueueForms.QUEUES,
                    Content::queues,
                    "Queues by name; default is there unless it is declared.")
            .defaulting(Map.of());
    static final Key<Content, Map<String, Integer>> POOLS = Key.<Content, Map<String, Integer>>optional(
                    "pools",
                    QueueForms.POOLS,
                    Content::pools,
                    "Pools by name: how many tasks may run at once of all jobs that name it; with 0 none is started.")
            .defaulting(Map.of());
    static final Key<Content, List<JobDefinition>> JOBS = Key.<Content, List<JobDefinition>>optional(
                    "jobs",
                    ListShape.keepingGood(JobForm.FORM, "a list of jobs", MOST_JOBS),
                    Content::jobs,
                    "The jobs.")
            .defaulting(List.of());

    static final Form<Content> FORM = new Form<>(
            "file",
            List.of(API_VERSION, CALENDARS, QUEUES, POOLS, JOBS),
            values -> {
                if (!values.has(CALENDARS) && !values.has(QUEUES) && !values.has(POOLS) && !values.has(JOBS)) {
                    values.report(Complaint.of("jobs is missing").expecting("a list of jobs"));
                }
            },
            values -> new Content(values.get(CALENDARS), values.get(QUEUES), values.get(POOLS), values.get(JOBS)));
}
