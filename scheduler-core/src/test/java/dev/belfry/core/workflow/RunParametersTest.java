package dev.belfry.core.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.value.Output;
import dev.belfry.core.value.ResolvedParameters;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunParametersTest {

    /** It is the 24th in Berlin by then. */
    private static final Instant DUE = Instant.parse("2026-11-23T23:30:00Z");

    private static final JobDefinition ROOT = Job.named("tokenise")
            .cron("0 30 0 * * ?")
            .zone("Europe/Berlin")
            .placement(Placement.QUEUED)
            .parameter("day", "${due.date}")
            .build();

    private static final Map<String, Output> OUTPUTS = Map.of("tokenise", Output.of("{\"count\":7}"));

    private static Job index() {
        return Job.named("index").placement(Placement.QUEUED).after(TriggerRule.ALL_SUCCESS, "tokenise");
    }

    private static ResolvedParameters within(Job job, Optional<JobDefinition> root) {
        return RunParameters.within(job.build(), root, DUE, Map.of(), OUTPUTS);
    }

    @Test
    void outsideOfWorkflowsDatesAreCountedByTheOwnTrigger() {
        assertThat(RunParameters.alone(ROOT, DUE, Map.of())).isEqualTo(values(Map.of("day", "2026-11-24")));
        JobDefinition manual =
                Job.named("m").manual().parameter("day", "${due.date}").build();
        assertThat(RunParameters.alone(manual, DUE, Map.of())).isEqualTo(values(Map.of("day", "2026-11-23")));
    }

    @Test
    void whatHasNoReferenceStaysAsItIsAndAnEscapedOneLosesADollar() {
        JobDefinition job = Job.named("m")
                .manual()
                .parameter("plain", "$5 {x}")
                .parameter("escaped", "$${due}")
                .build();
        assertThat(RunParameters.alone(job, DUE, Map.of()))
                .isEqualTo(values(Map.of("plain", "$5 {x}", "escaped", "${due}")));
    }

    @Test
    void whatTheRunIsGivenStandsForItselfAndInPlaceOfTheReference() {
        Map<String, String> given = Map.of("day", "${upstream.nobody/x}", "more", "${");
        assertThat(RunParameters.alone(ROOT, DUE, given)).isEqualTo(values(given));
        JobDefinition job = index().parameter("day", "${due.date}").build();
        assertThat(RunParameters.askForRoot(job, given)).isFalse();
        assertThat(RunParameters.within(job, Optional.empty(), DUE, given, OUTPUTS))
                .isEqualTo(values(given));
    }

    @Test
    void withinAWorkflowOutputsAreThoseOfTheUpstreamsAndDatesAreCountedByTheRoot() {
        Job job = index().parameter("files", "${upstream.tokenise/count} files")
                .parameter("day", "${due.date}")
                .parameter("language", "en");
        assertThat(within(job, Optional.of(ROOT)))
                .isEqualTo(values(Map.of("files", "7 files", "day", "2026-11-24", "language", "en")));
        assertThat(RunParameters.askForRoot(job.build(), Map.of())).isTrue();
    }

    @Test
    void aTriggerOfItsOwnComesBeforeThatOfTheRoot() {
        Job job = index().cron("0 30 6 * * ?").zone("America/New_York").parameter("day", "${due.date}");
        assertThat(within(job, Optional.of(ROOT))).isEqualTo(values(Map.of("day", "2026-11-23")));
        assertThat(within(job, Optional.empty())).isEqualTo(values(Map.of("day", "2026-11-23")));
    }

    @Test
    void withoutARootOnlyWhatItsTriggerDecidesCannotBeTold() {
        Job job = index().parameter("files", "${upstream.tokenise/count}")
                .parameter("at", "${due}")
                .parameter("day", "${due.date}");
        ResolvedParameters found = within(job, Optional.empty());
        assertThat(found.values()).isEqualTo(Map.of("files", "7", "at", "2026-11-23T23:30:00Z"));
        assertThat(found.problems())
                .containsExactly("parameter day: the job by whose trigger its dates are counted is not known any more");
        JobDefinition untimed = index().parameter("at", "${due-1h}").build();
        assertThat(RunParameters.askForRoot(untimed, Map.of())).isFalse();
    }

    @Test
    void whatLeadsNowhereIsNamedAndHasNoValue() {
        Job job = index().parameter("files", "${upstream.tokenise/files}")
                .parameter("rest", "${upstream.tokenise/rest|none}")
                .parameter("language", "en");
        ResolvedParameters found = within(job, Optional.of(ROOT));
        assertThat(found.values()).isEqualTo(Map.of("rest", "none", "language", "en"));
        assertThat(found.problems()).containsExactly("parameter files: there is no /files in the output of tokenise");
        assertThat(RunParameters.alone(job.build(), DUE, Map.of()).problems())
                .containsExactly("parameter files: the job tokenise has no output");
    }

    private static ResolvedParameters values(Map<String, String> values) {
        return new ResolvedParameters(values, java.util.List.of());
    }

    @Test
    void runIdsOfWorkflowsAreToldFromOthers() {
        JobRunId id = new JobRunId("search~0000002a@2026-11-23T01:00:00Z", "index", 2);
        assertThat(id).hasToString("search~0000002a@2026-11-23T01:00:00Z:index:2");
        assertThat(JobRunId.parse(id.toString())).contains(id);
        assertThat(JobRunId.parse("search~0000002a!c17:in-dex.2:999"))
                .contains(new JobRunId("search~0000002a!c17", "in-dex.2", 999));
        for (String other : new String[] {
            "index~0000002a@2026-11-23T01:00:00Z",
            "index~0000002a!key",
            "w:index:0",
            "w:index:1/42",
            "w:index",
            "index:1",
            ":index:1",
            "a/b:index:1",
            "w:index:1234567890"
        }) {
            assertThat(JobRunId.parse(other)).as(other).isEmpty();
        }
    }
}
