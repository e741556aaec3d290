package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads definitions of jobs from YAML or JSON: API version {@code belfry/v1}, as the page "Definitions" of the documentation
 * describes it. Pure functions, safe for any number of threads.
 */
public final class Definitions {

    private Definitions() {}

    /**
     * Reads a text completely and reports everything that is wrong with it. Bad input never throws.
     *
     * <p>The text is read as JSON if the name ends with {@code .json}, or if it begins with a brace and the name does not end
     * with {@code .yaml} or {@code .yml}; else as YAML, of which one document without anchors, aliases and tags is accepted.
     * At most 4 MiB of characters and 32 levels.
     *
     * @param fileName for errors, and to tell YAML from JSON
     */
    public static ParsedDefinitions parse(String fileName, String text) {
        Reading reading = new Reading(fileName);
        Node root = NodeReader.read(text, isJson(fileName, text), reading);
        Values values = root == null ? null : FileForm.FORM.values(root, "", reading);
        if (values == null) {
            return new ParsedDefinitions(
                    fileName, List.of(), Map.of(), Map.of(), Map.of(), reading.errors(), List.of(), Places.NONE);
        }
        Node jobNodes = values.node(FileForm.JOBS);
        reportRepeatedNames(jobNodes, reading);
        List<JobDefinition> jobs = values.get(FileForm.JOBS);
        Map<String, BusinessCalendar> calendars = reading.calendars("");
        return new ParsedDefinitions(
                fileName,
                jobs,
                calendars,
                values.get(FileForm.QUEUES),
                values.get(FileForm.POOLS),
                reading.errors(),
                later(jobs, jobNodes, reading),
                Places.of(jobNodes));
    }

    private static boolean isJson(String fileName, String text) {
        String name = fileName.toLowerCase(Locale.ROOT);
        boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
        return name.endsWith(".json") || (!yaml && text.stripLeading().startsWith("{"));
    }

    private static void reportRepeatedNames(@Nullable Node jobs, Reading reading) {
        Map<String, Position> seen = new HashMap<>();
        for (int i = 0; jobs instanceof Node.Sequence list && i < list.items().size(); i++) {
            if (!(list.items().get(i) instanceof Node.Mapping job)
                    || !(job.get(JobForm.NAME.name()) instanceof Node.Scalar name)) {
                continue;
            }
            Position first = seen.putIfAbsent(name.text(), name.at());
            if (first != null) {
                String path = Paths.key(Paths.item(FileForm.JOBS.name(), i), JobForm.NAME.name());
                reading.report(
                        name.at(),
                        path,
                        Complaint.of("the job " + Complaint.quote(name.text()) + " is already declared at line "
                                + first.line() + ", column " + first.column()));
            }
        }
    }

    private static List<DefinitionError> later(List<JobDefinition> jobs, @Nullable Node nodes, Reading reading) {
        Map<String, JobDefinition> byName = new HashMap<>();
        jobs.forEach(job -> byName.put(job.name(), job));
        List<DefinitionError> later = new ArrayList<>();
        for (int i = 0; nodes instanceof Node.Sequence list && i < list.items().size(); i++) {
            if (!(list.items().get(i) instanceof Node.Mapping node)
                    || !(node.get(JobForm.NAME.name()) instanceof Node.Scalar name)) {
                continue;
            }
            JobDefinition job = byName.get(name.text());
            for (LaterFeature feature : job == null ? List.<LaterFeature>of() : job.laterFeatures()) {
                Node value = node.get(feature.path());
                later.add(reading.error(
                        value == null ? node.at() : value.at(),
                        Paths.key(Paths.item(FileForm.JOBS.name(), i), feature.path()),
                        Complaint.of(feature.message())));
            }
        }
        return later;
    }
}
