package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobTest {

    @Test
    void aJobDeclaredInCodeEqualsTheSameJobInAFile() {
        JobDefinition fromCode = Job.named("index")
                .cron("0/5 * * * * ?")
                .zone("Europe/Berlin")
                .shards(8)
                .build();
        String file = "apiVersion: belfry/v1\njobs:\n  - name: index\n"
                + "    trigger: {cron: \"0/5 * * * * ?\", zone: Europe/Berlin}\n    shards: 8\n";
        assertThat(Definitions.parse("a.yaml", file).jobsOrThrow()).containsExactly(fromCode);
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        Job job = Job.named("no/good")
                .cron("0 0 99 * * ?")
                .zone("Europe/Berln")
                .shards(0)
                .priority(12);
        assertThatThrownBy(job::build)
                .isInstanceOfSatisfying(
                        IllegalDefinitionException.class,
                        refused -> assertThat(refused.errors())
                                .extracting(DefinitionError::path)
                                .containsExactly(
                                        "name", "priority", "priority", "shards", "trigger.cron", "trigger.zone"))
                .hasMessageStartingWith("job \"no/good\" is refused:\n  name: is \"no/good\"")
                .hasMessageContaining("did you mean Europe/Berlin?");
    }

    @Test
    void optionsOfATriggerConcernTheOneBegunLast() {
        JobDefinition job = Job.named("a")
                .cron("0 0 4 * * ?")
                .zone("Asia/Tokyo")
                .every(Duration.ofHours(1))
                .jitter(Duration.ofSeconds(3))
                .build();
        assertThat(job.schedule().triggers())
                .extracting(
                        trigger -> trigger.options().zone().getId(),
                        trigger -> trigger.options().jitter())
                .containsExactly(tuple("Asia/Tokyo", Duration.ZERO), tuple("Z", Duration.ofSeconds(3)));
    }

    @Test
    void anOptionBeforeAnyTriggerIsRefused() {
        assertThatThrownBy(() -> Job.named("a").zone("UTC").manual().build())
                .hasMessageContaining("trigger.zone: is set before any trigger");
    }

    @Test
    void negativeAndTooFineDurationsAreRefused() {
        assertThatThrownBy(() -> Job.named("a").every(Duration.ofSeconds(-5)).build())
                .hasMessageContaining("trigger.every: a negative duration");
        assertThatThrownBy(() -> Job.named("a").every(Duration.ofNanos(5)).build())
                .hasMessageContaining("trigger.every: is \"PT0.000000005S\"");
    }

    @Test
    void halfASurrogatePairIsNoText() {
        assertThatThrownBy(
                        () -> Job.named("a").manual().parameter("k", "\ud800").build())
                .hasMessageContaining("parameters.k: holds half of a surrogate pair");
    }

    @Test
    void aLayoutOfTooManyParametersIsRefusedForItsStoredSize() {
        List<String> parameters = Collections.nCopies(10_000, "parameter");
        assertThatThrownBy(() -> Job.named("a").manual().shards(parameters).build())
                .hasMessageContaining("the definition takes 120,")
                .hasMessageContaining("at most 49,152");
    }
}
