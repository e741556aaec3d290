package dev.belfry.core.workflow;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Comparison;
import dev.belfry.core.value.Condition;
import dev.belfry.core.value.Pointer;
import dev.belfry.core.value.ValueSyntaxException;
import dev.belfry.core.workflow.JobPlan.Gate;
import dev.belfry.core.workflow.JobPlan.LeftOut;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The stored form of a {@link WorkflowRun}: JSON, schema 1. A job is one row of a table, so that 380 jobs with short names and few
 * upstreams fit; a workflow whose runs might not fit is refused by {@link WorkflowChecks}.
 *
 * <p>A row: name; the part of the uid after the name; version; numbers of the upstreams; rule, empty for the usual one; state:
 * {@code waiting}, {@code started}, {@code stopping} or the outcome; attempt; then, if there is either, where the output
 * is kept and the instant before which it does not start.
 */
public final class WorkflowRunCodec {

    public static final int SCHEMA = 1;

    /** The most bytes of a stored run. */
    public static final int MOST_BYTES = 64 * 1024;

    /** No instant of a schedule takes more characters. */
    private static final Instant LAST = Instant.parse("2099-12-31T23:59:59.999Z");

    private WorkflowRunCodec() {}

    /** The bytes of a run. */
    public static byte[] encode(WorkflowRun run) {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeStringField("id", run.id());
            json.writeNumberField("due", run.due().toEpochMilli());
            if (run.scheduled()) {
                json.writeBooleanField("scheduled", true);
            }
            if (run.given().asOf().isPresent()) {
                json.writeNumberField("asOf", run.given().asOf().get().toEpochMilli());
            }
            JsonRecordWriter.textMap(json, "parameters", run.given().parameters());
            json.writeStringField("state", run.outcome().map(Outcome::text).orElse(word(run.phase())));
            json.writeArrayFieldStart("jobs");
            for (WorkflowJob job : run.jobs()) {
                writeJob(json, job);
            }
            json.writeEndArray();
            writeConditions(json, run.jobs());
            writeExceptions(json, run.jobs());
        });
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void writeJob(JsonGenerator json, WorkflowJob job) throws IOException {
        JobPlan plan = job.plan();
        JobProgress progress = job.progress();
        json.writeStartArray();
        json.writeString(plan.name());
        json.writeString(
                plan.uid().startsWith(plan.name())
                        ? plan.uid().substring(plan.name().length())
                        : "/" + plan.uid());
        json.writeNumber(plan.version());
        json.writeString(
                String.join(" ", plan.upstreams().stream().map(Object::toString).toList()));
        json.writeString(plan.rule() == TriggerRule.ALL_SUCCESS ? "" : word(plan.rule()));
        json.writeString(progress.outcome().map(Outcome::text).orElse(word(progress.phase())));
        json.writeNumber(progress.attempt());
        Optional<Instant> notBefore = plan.gate().notBefore();
        if (progress.output().isPresent() || notBefore.isPresent()) {
            json.writeString(progress.output().orElse(""));
        }
        if (notBefore.isPresent()) {
            json.writeNumber(notBefore.get().toEpochMilli());
        }
        json.writeEndArray();
    }

    /** Rows of: number of the job, upstream, place, comparison, and 0 for open, 1 for met, 2 for not met. */
    private static void writeConditions(JsonGenerator json, List<WorkflowJob> jobs) throws IOException {
        if (jobs.stream().allMatch(job -> job.plan().when().isEmpty())) {
            return;
        }
        json.writeArrayFieldStart("when");
        for (int i = 0; i < jobs.size(); i++) {
            JobProgress progress = jobs.get(i).progress();
            List<Condition> conditions = jobs.get(i).plan().when();
            for (int c = 0; c < conditions.size(); c++) {
                json.writeStartArray();
                json.writeNumber(i);
                json.writeString(conditions.get(c).upstream());
                json.writeString(conditions.get(c).path().toString());
                json.writeString(conditions.get(c).is().toString());
                boolean met = (progress.met() & (1 << c)) != 0;
                boolean unmet = (progress.unmet() & (1 << c)) != 0;
                json.writeNumber(met ? 1 : unmet ? 2 : 0);
                json.writeEndArray();
            }
        }
        json.writeEndArray();
    }

    /** What few jobs have: rows of the number of the job and a text, or how many tasks it has. */
    private static void writeExceptions(JsonGenerator json, List<WorkflowJob> jobs) throws IOException {
        if (jobs.stream().anyMatch(job -> job.plan().shards() > 1)) {
            json.writeArrayFieldStart("shards");
            for (int i = 0; i < jobs.size(); i++) {
                if (jobs.get(i).plan().shards() > 1) {
                    json.writeStartArray();
                    json.writeNumber(i);
                    json.writeNumber(jobs.get(i).plan().shards());
                    json.writeEndArray();
                }
            }
            json.writeEndArray();
        }
        List<Integer> fires = new ArrayList<>();
        List<Integer> out = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            if (jobs.get(i).plan().fire().isPresent()) {
                fires.add(i);
            }
            if (jobs.get(i).plan().gate().leftOut().isPresent()) {
                out.add(i);
            }
        }
        if (!fires.isEmpty()) {
            json.writeArrayFieldStart("fires");
            for (int i : fires) {
                writePair(json, i, jobs.get(i).plan().fire().orElseThrow());
            }
            json.writeEndArray();
        }
        if (!out.isEmpty()) {
            json.writeArrayFieldStart("leftOut");
            for (int i : out) {
                writePair(json, i, word(jobs.get(i).plan().gate().leftOut().orElseThrow()));
            }
            json.writeEndArray();
        }
    }

    private static void writePair(JsonGenerator json, int number, String text) throws IOException {
        json.writeStartArray();
        json.writeNumber(number);
        json.writeString(text);
        json.writeEndArray();
    }

    /** The most bytes that a run of a workflow can take, whatever becomes of it. */
    public static int mostBytes(Workflow workflow) {
        return mostBytes(workflow, RunGiven.NOTHING);
    }

    /** The same of a run that is given something. */
    static int mostBytes(Workflow workflow, RunGiven parameters) {
        String longest = "x".repeat(WorkflowRun.LONGEST_ID);
        Map<String, WorkflowStart.Identity> identities = new HashMap<>();
        workflow.jobs()
                .forEach(
                        job -> identities.put(job.name(), new WorkflowStart.Identity(job.name() + "~00000000", 9_999)));
        WorkflowStart start = new WorkflowStart(longest, LAST, true, identities);
        List<WorkflowJob> jobs = new ArrayList<>();
        for (WorkflowJob job : workflow.begin(start).next().jobs()) {
            JobPlan plan = job.plan();
            boolean own = !plan.gate().equals(Gate.OPEN);
            // Only a job that has succeeded has an output, and it takes more than the longest outcome.
            jobs.add(new WorkflowJob(
                    own ? withGate(plan) : plan,
                    new JobProgress(
                            JobPhase.FINAL,
                            WorkflowRun.MOST_ATTEMPTS,
                            Optional.of(Outcome.SUCCEEDED),
                            Optional.of("x".repeat(JobEnd.LONGEST_REFERENCE)),
                            0,
                            -1)));
        }
        RunGiven given = new RunGiven(parameters.parameters(), Optional.of(LAST));
        return encode(new WorkflowRun(longest, LAST, true, RunPhase.FINAL, Optional.of(Outcome.CANCELLED), jobs, given))
                .length;
    }

    /** The longer of what a gate can be stored as. */
    private static JobPlan withGate(JobPlan plan) {
        return new JobPlan(
                plan.name(),
                plan.uid(),
                plan.version(),
                plan.shards(),
                plan.upstreams(),
                plan.rule(),
                plan.when(),
                new Gate(Optional.of(LAST), Optional.of(LeftOut.DISABLED)),
                plan.fire());
    }

    /**
     * Reads a run.
     *
     * @throws CorruptRecordException if it cannot be read
     */
    public static WorkflowRun decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        String state = json.text("state");
        Optional<RunPhase> open = Arrays.stream(RunPhase.values())
                .filter(phase -> phase != RunPhase.FINAL && word(phase).equals(state))
                .findFirst();
        try {
            return new WorkflowRun(
                    json.text("id"),
                    json.instant("due"),
                    json.flag("scheduled"),
                    open.orElse(RunPhase.FINAL),
                    open.isPresent() ? Optional.empty() : Optional.of(Outcome.of(state)),
                    new Rows(json).jobs(),
                    new RunGiven(json.textMap("parameters"), json.optionalInstant("asOf")));
        } catch (IllegalArgumentException e) {
            throw json.malformed("jobs", String.valueOf(e.getMessage()));
        }
    }

    /** The tables of a stored run. */
    private static final class Rows {
        private final JsonRecordReader json;
        private final Map<Integer, List<Row>> conditions = new HashMap<>();
        private final Map<Integer, Integer> shards = new HashMap<>();
        private final Map<Integer, String> fires = new HashMap<>();
        private final Map<Integer, String> leftOut = new HashMap<>();

        Rows(JsonRecordReader json) {
            this.json = json;
            for (Row row : json.rows("when")) {
                conditions
                        .computeIfAbsent((int) row.number(0), absent -> new ArrayList<>())
                        .add(row);
            }
            json.rows("shards").forEach(row -> shards.put((int) row.number(0), (int) row.number(1)));
            json.rows("fires").forEach(row -> fires.put((int) row.number(0), row.text(1)));
            json.rows("leftOut").forEach(row -> leftOut.put((int) row.number(0), row.text(1)));
        }

        List<WorkflowJob> jobs() {
            List<WorkflowJob> jobs = new ArrayList<>();
            for (Row row : json.rows("jobs")) {
                jobs.add(job(row, jobs.size()));
            }
            return jobs;
        }

        private WorkflowJob job(Row row, int number) {
            List<Row> when = conditions.getOrDefault(number, List.of());
            String uid = row.text(1);
            JobPlan plan = new JobPlan(
                    row.text(0),
                    uid.startsWith("/") ? uid.substring(1) : row.text(0) + uid,
                    (int) row.number(2),
                    shards.getOrDefault(number, 1),
                    upstreams(row.text(3)),
                    rule(row.text(4)),
                    when.stream().map(this::condition).toList(),
                    gate(row, number),
                    Optional.ofNullable(fires.get(number)));
            return new WorkflowJob(plan, progress(row, when));
        }

        private static List<Integer> upstreams(String text) {
            return text.isEmpty()
                    ? List.of()
                    : Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).toList();
        }

        private static TriggerRule rule(String word) {
            return word.isEmpty()
                    ? TriggerRule.ALL_SUCCESS
                    : TriggerRule.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }

        private Gate gate(Row row, int number) {
            String out = leftOut.get(number);
            return new Gate(
                    row.size() > 8 ? Optional.of(row.instant(8)) : Optional.empty(),
                    out == null
                            ? Optional.empty()
                            : Optional.of(
                                    LeftOut.valueOf(out.toUpperCase(Locale.ROOT).replace('-', '_'))));
        }

        private Condition condition(Row row) {
            try {
                return new Condition(row.text(1), Pointer.parse(row.text(2)), Comparison.parse(row.text(3)));
            } catch (ValueSyntaxException e) {
                throw json.malformed("when", e.reason());
            }
        }

        private static JobProgress progress(Row row, List<Row> when) {
            String state = row.text(5);
            Optional<JobPhase> open = Arrays.stream(JobPhase.values())
                    .filter(phase -> phase != JobPhase.FINAL && word(phase).equals(state))
                    .findFirst();
            int met = 0;
            int unmet = 0;
            for (int c = 0; c < when.size(); c++) {
                met |= when.get(c).number(4) == 1 ? 1 << c : 0;
                unmet |= when.get(c).number(4) == 2 ? 1 << c : 0;
            }
            return new JobProgress(
                    open.orElse(JobPhase.FINAL),
                    (int) row.number(6),
                    open.isPresent() ? Optional.empty() : Optional.of(Outcome.of(state)),
                    row.size() > 7 && !row.text(7).isEmpty() ? Optional.of(row.text(7)) : Optional.empty(),
                    met,
                    unmet);
        }
    }
}
