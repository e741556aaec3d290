package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DefinitionRoundTripTest {

    private static final int SEEDS = 2_000;

    @Test
    void everyDefinitionComesBackEqualFromItsStoredForm() {
        for (long seed = 0; seed < SEEDS; seed++) {
            JobDefinition job = new RandomDefinitions(seed).next("job");
            String stored = DefinitionJson.encode(job);
            assertThat(DefinitionJson.decode(stored))
                    .as("seed %d: %s", seed, stored)
                    .isEqualTo(job);
            assertThat(DefinitionJson.encode(DefinitionJson.decode(stored)))
                    .as("seed %d", seed)
                    .isEqualTo(stored);
        }
    }

    @Test
    void exportedFilesParseBackToEqualDefinitions() {
        for (long seed = 0; seed < SEEDS; seed += 4) {
            RandomDefinitions random = new RandomDefinitions(seed);
            List<JobDefinition> jobs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                jobs.add(random.next("job-" + i));
            }
            String yaml = DefinitionYaml.write(jobs);
            ParsedDefinitions parsed = Definitions.parse("export.yaml", yaml);
            assertThat(parsed.errors()).as("seed %d:\n%s", seed, yaml).isEmpty();
            assertThat(parsed.jobs()).as("seed %d:\n%s", seed, yaml).isEqualTo(jobs);
        }
    }

    @Test
    void theStoredFormHoldsOnlyWhatDiffersFromTheDefaults() {
        JobDefinition job = Job.named("index")
                .cron("0/5 * * * * ?")
                .shards(8)
                .overlap(OverlapPolicy.SKIP)
                .build();
        assertThat(DefinitionJson.encode(job))
                .isEqualTo("{\"name\":\"index\",\"trigger\":{\"cron\":\"0/5 * * * * ?\"},\"shards\":8}");
    }

    @Test
    void aStoredFormWithAnUnknownKeyIsRefusedAndNamesIt() {
        assertThatThrownBy(
                        () -> DefinitionJson.decode("{\"name\":\"index\",\"trigger\":\"manual\",\"colour\":\"red\"}"))
                .isInstanceOf(IllegalDefinitionException.class)
                .hasMessageContaining("definition:1:36: colour: unknown key");
    }

    @Test
    void garbageInsteadOfAStoredFormIsRefused() {
        for (String garbage : List.of("", "\u0000\u0001", "[]", "{", "{\"name\":", "null", "{}{}", "x".repeat(100))) {
            assertThatThrownBy(() -> DefinitionJson.decode(garbage)).isInstanceOf(IllegalDefinitionException.class);
        }
    }
}
