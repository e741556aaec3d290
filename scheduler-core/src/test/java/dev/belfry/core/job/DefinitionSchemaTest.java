package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DefinitionSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** To renew the file: run with {@code -Dbelfry.rewrite=true}. */
    @Test
    void theShippedSchemaIsNotStale() throws IOException {
        Path source = Path.of("src/main/resources" + DefinitionSchema.RESOURCE);
        if (Boolean.getBoolean("belfry.rewrite")) {
            Files.createDirectories(source.getParent());
            Files.writeString(source, DefinitionSchema.json());
        }
        assertThat(Files.readString(source)).isEqualTo(DefinitionSchema.json());
    }

    @Test
    void theSchemaIsInTheJar() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(DefinitionSchema.class.getResourceAsStream(DefinitionSchema.RESOURCE))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(DefinitionSchema.json());
        }
    }

    @Test
    void theSchemaAcceptsEveryDefinitionThatTheParserAccepts() throws IOException {
        JsonNode schema = JSON.readTree(DefinitionSchema.json());
        for (long seed = 0; seed < 1_000; seed++) {
            String job = DefinitionJson.encode(new RandomDefinitions(seed).next("job"));
            assertThat(SchemaChecker.check(schema, file(job)))
                    .as("seed %d: %s", seed, job)
                    .isEmpty();
        }
        try (InputStream in = Objects.requireNonNull(DefinitionSchemaTest.class.getResourceAsStream("sample.yaml"))) {
            assertThat(SchemaChecker.check(schema, new YAMLMapper().readTree(in)))
                    .isEmpty();
        }
    }

    @Test
    void theSchemaRefusesWhatNeedsNoRuleBetweenKeys() throws IOException {
        JsonNode schema = JSON.readTree(DefinitionSchema.json());
        for (String bad : List.of(
                "{\"trigger\":\"manual\"}",
                "{\"name\":\"a/b\",\"trigger\":\"manual\"}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"triger\":1}",
                "{\"name\":\"a\",\"trigger\":{\"cron\":5}}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"shards\":0}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"shards\":10000000}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"overlap\":\"skipp\"}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"retry\":{\"initial\":\"1s\"}}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"misfire\":{\"window\":\"soon\"}}")) {
            assertThat(SchemaChecker.check(schema, file(bad))).as(bad).isNotEmpty();
        }
    }

    private static JsonNode file(String job) throws IOException {
        return JSON.readTree("{\"apiVersion\":\"belfry/v1\",\"jobs\":[" + job + "]}");
    }
}
