package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.DefinitionDiff.FieldChange;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DefinitionDiffTest {

    @Test
    void equalDefinitionsDoNotDiffer() {
        for (long seed = 0; seed < 300; seed++) {
            JobDefinition job = new RandomDefinitions(seed).next("job");
            JobDefinition same = new RandomDefinitions(seed).next("job");
            assertThat(DefinitionDiff.between(job, same)).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void differentDefinitionsAlwaysDifferInSomeField() {
        JobDefinition before = new RandomDefinitions(0).next("job");
        for (long seed = 1; seed < 300; seed++) {
            JobDefinition after = new RandomDefinitions(seed).next("job");
            assertThat(DefinitionDiff.between(before, after).isEmpty())
                    .as("seed %d", seed)
                    .isEqualTo(before.equals(after));
            before = after;
        }
    }

    @Test
    void changesAreNamedByPathWithDefaultsFilledIn() {
        JobDefinition before = Job.named("index")
                .cron("0 0 4 * * ?")
                .parameter("language", "en")
                .build();
        JobDefinition after = Job.named("index")
                .cron("0 0 5 * * ?")
                .shards(4)
                .misfire(new Misfire(MisfirePolicy.FIRE_ONCE, Duration.ofSeconds(5), Duration.ofHours(1), 100))
                .parameter("language", "de")
                .parameter("depth", "3")
                .build();
        assertThat(DefinitionDiff.between(before, after))
                .containsExactly(
                        new FieldChange("trigger.cron", "0 0 4 * * ?", "0 0 5 * * ?"),
                        new FieldChange("shards", "1", "4"),
                        new FieldChange("misfire.threshold", "1s", "5s"),
                        new FieldChange("parameters.language", "en", "de"),
                        new FieldChange("parameters.depth", "(none)", "3"));
    }
}
