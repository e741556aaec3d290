package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.schedule.Schedule;
import dev.belfry.core.workflow.WorkflowChecks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DefinitionsTest {

    private static final String NOISE = "{}[]:,-#&*!|>'\"%@` \n\t\u0000\ud800x9?";
    private static final String MINIMAL = "apiVersion: belfry/v1\njobs:\n  - name: index\n    trigger: manual\n";

    @Test
    void theDocumentedSampleIsValidAndEveryKeyOfItArrives() throws IOException {
        ParsedDefinitions parsed = Definitions.parse("sample.yaml", resource("sample.yaml"));
        assertThat(parsed.errors()).isEmpty();
        JobDefinition index = parsed.jobs().get(0);
        assertThat(index.description()).isEqualTo("rebuilds the search index");
        assertThat(index.shards()).isEqualTo(ShardLayout.of(8));
        assertThat(index.requires())
                .isEqualTo(new Requirements(Map.of("disk", List.of("ssd")), Resources.ONE_SLOT, "zone", null));
        assertThat(index.rejoinGrace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(index.timeouts().attempt()).isEqualTo(Duration.ofMinutes(5));
        assertThat(index.retry().attempts()).isEqualTo(3);
        assertThat(index.retry().notOn()).containsExactly("IllegalArgumentException");
        assertThat(index.parameters()).isEqualTo(Map.of("language", "en"));
        assertThat(index.schedule().calendars()).containsOnlyKeys("de-holidays");
        assertThat(index.schedule().next(Instant.parse("2026-12-24T22:59:59Z")))
                .contains(Instant.parse("2026-12-26T23:00:00Z"));
        assertThat(index.laterFeatures()).isEmpty();
    }

    @Test
    void whatTheSampleNeedsOfALaterVersionIsNamedWhereItStands() throws IOException {
        ParsedDefinitions parsed = Definitions.parse("sample.yaml", resource("sample.yaml"));
        assertThat(parsed.jobs().get(1).requires().resources()).isEqualTo(new Resources(1, 0.5, 512_000_000));
        assertThat(parsed.later()).isEmpty();
        assertThat(WorkflowChecks.of(List.of(parsed), List.of()).inFiles())
                .extracting(DefinitionError::render)
                .singleElement()
                .asString()
                .startsWith("sample.yaml:")
                .contains(
                        "jobs[0].placement: is sticky: of a job in a workflow the master must learn when its run is over");
    }

    @Test
    void withoutFurtherKeysTheDocumentedDefaultsHold() {
        JobDefinition job = Definitions.parse("a.yaml", MINIMAL).jobsOrThrow().get(0);
        assertThat(job.handler()).isEqualTo("index");
        assertThat(job.enabled()).isTrue();
        assertThat(job.schedule().manualOnly()).isTrue();
        assertThat(job.shards()).isEqualTo(ShardLayout.of(1));
        assertThat(job.placement()).isEqualTo(Placement.STICKY);
        assertThat(job.strategy()).isEqualTo(Strategy.BALANCED);
        assertThat(job.weight()).isEqualTo(1.0);
        assertThat(job.overlap()).isEqualTo(new Overlap(OverlapPolicy.SKIP, 0));
        assertThat(job.misfire())
                .isEqualTo(new Misfire(MisfirePolicy.FIRE_ONCE, Duration.ofSeconds(1), Duration.ofHours(1), 100));
        assertThat(job.recovery()).isEqualTo(Recovery.RERUN);
        assertThat(job.rejoinGrace()).isZero();
        assertThat(job.timeouts()).isEqualTo(Timeouts.NONE);
        assertThat(job.retry().attempts()).isEqualTo(1);
    }

    @Test
    void aWrongJobDoesNotHideTheRightOnesBesideIt() {
        ParsedDefinitions parsed =
                Definitions.parse("a.yaml", MINIMAL + "  - name: BAD\n  - name: other\n    trigger: {every: 1m}\n");
        assertThat(parsed.jobs()).extracting(JobDefinition::name).containsExactly("index", "other");
        assertThat(parsed.isValid()).isFalse();
    }

    @Test
    void jsonAndYamlOfTheSameJobsAreEqual() {
        String json = "{\"apiVersion\":\"belfry/v1\",\"jobs\":[{\"name\":\"index\",\"trigger\":\"manual\"}]}";
        List<JobDefinition> fromYaml = Definitions.parse("a.yaml", MINIMAL).jobs();
        assertThat(Definitions.parse("a.json", json).jobs()).isEqualTo(fromYaml).hasSize(1);
        assertThat(Definitions.parse("-", "\n  " + json).jobs()).isEqualTo(fromYaml);
        assertThat(Definitions.parse("a.yaml", json).jobs()).isEqualTo(fromYaml);
    }

    @Test
    void indentedJsonMayUseTabs() {
        String json =
                "{\n\t\"apiVersion\": \"belfry/v1\",\n\t\"jobs\": [\n\t\t{\"name\": \"index\", \"trigger\": \"manual\"}\n\t]\n}";
        assertThat(Definitions.parse("a.json", json).jobsOrThrow()).hasSize(1);
    }

    @Test
    void byteOrderMarkAndWindowsLineEndsDoNotMoveErrors() {
        String text = "\ufeff"
                + "apiVersion: belfry/v1\r\njobs:\r\n  - name: index\r\n    trigger: {cron: \"0 0 99 * * ?\"}\r\n";
        DefinitionError error = Definitions.parse("a.yaml", text).errors().get(0);
        assertThat(error.line()).isEqualTo(4);
        assertThat(error.column()).isEqualTo(26);
    }

    @Test
    void numbersAndWordsInParametersArriveAsTheyAreWritten() {
        String text = MINIMAL
                + "    parameters: {version: 1.10, port: 0x1F, flag: yes, big: 123456789012345678901234567890, on: off}\n";
        assertThat(Definitions.parse("a.yaml", text).jobsOrThrow().get(0).parameters())
                .isEqualTo(Map.of(
                        "version",
                        "1.10",
                        "port",
                        "0x1F",
                        "flag",
                        "yes",
                        "big",
                        "123456789012345678901234567890",
                        "on",
                        "off"));
    }

    @Test
    void aTextAboveFourMebibytesIsRefusedUnread() {
        ParsedDefinitions parsed = Definitions.parse("a.yaml", "#".repeat(NodeReader.LONGEST_TEXT + 1));
        assertThat(parsed.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.render())
                        .isEqualTo(
                                "a.yaml:1:1: the text is 4194305 characters long (expected at most 4194304; split it into"
                                        + " several files)"));
    }

    @Test
    void aLargeFileBelowTheLimitIsRead() {
        StringBuilder text = new StringBuilder("apiVersion: belfry/v1\njobs:\n");
        for (int i = 0; i < 20_000; i++) {
            text.append("  - name: job-")
                    .append(i)
                    .append("\n    trigger: {cron: \"0 0 4 * * ?\", zone: Europe/Berlin}\n");
        }
        assertThat(Definitions.parse("a.yaml", text.toString()).jobsOrThrow()).hasSize(20_000);
    }

    @Test
    void errorsBeyondAThousandAreCountedNotListed() {
        StringBuilder text = new StringBuilder(MINIMAL);
        for (int i = 0; i < 1_500; i++) {
            text.append("  - ").append(i).append('\n');
        }
        List<DefinitionError> errors =
                Definitions.parse("a.yaml", text.toString()).errors();
        assertThat(errors).hasSize(1_001);
        assertThat(errors.get(1_000).message()).isEqualTo("500 more errors are not listed");
    }

    @Test
    void noTruncatedOrScrambledSampleMakesTheParserThrow() throws IOException {
        String sample = resource("sample.yaml");
        Random random = new Random(7);
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder(sample.substring(0, random.nextInt(sample.length())));
            for (int j = random.nextInt(4); j > 0 && !text.isEmpty(); j--) {
                text.setCharAt(random.nextInt(text.length()), NOISE.charAt(random.nextInt(NOISE.length())));
            }
            String name = i % 2 == 0 ? "a.yaml" : "a.json";
            assertThat(Definitions.parse(name, text.toString()))
                    .as("round %d:\n%s", i, text)
                    .isNotNull();
        }
    }

    @Test
    void calendarsOfAJobHideThoseOfTheFile() {
        String text = "apiVersion: belfry/v1\ncalendars:\n  rest: {exclude: {weekdays: [sunday]}}\njobs:\n"
                + "  - name: a\n    trigger: {cron: \"0 0 0 * * ?\", calendar: rest}\n"
                + "  - name: b\n    calendars: {rest: {exclude: {weekdays: [monday]}}}\n    trigger: {cron: \"0 0 0 * * ?\", calendar: rest}\n";
        List<JobDefinition> jobs = Definitions.parse("a.yaml", text).jobsOrThrow();
        Schedule a = jobs.get(0).schedule();
        Schedule b = jobs.get(1).schedule();
        Instant saturday = Instant.parse("2026-11-21T12:00:00Z");
        assertThat(a.next(saturday)).contains(Instant.parse("2026-11-23T00:00:00Z"));
        assertThat(b.next(saturday)).contains(Instant.parse("2026-11-22T00:00:00Z"));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(DefinitionsTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
