package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandlerParametersTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static Job command() {
        return Job.named("report").manual().handler("command").parameter("command", "report.sh");
    }

    @Test
    void aCommandIsReadWithItsArgumentsAndVariables() {
        CommandParameters listed = CommandParameters.of(
                Map.of("command", "report.sh", "args", "[\"--from\", \"\", \"a b\"]", "max-size", "5"));
        assertThat(listed.executable()).isEqualTo("report.sh");
        assertThat(listed.arguments()).containsExactly("--from", "", "a b");
        assertThat(listed.variables()).containsExactly(Map.entry("BELFRY_PARAM_MAX_SIZE", "5"));
        assertThat(CommandParameters.of(Map.of("command", "7", "arg.1", "b", "arg.0", "a"))
                        .arguments())
                .containsExactly("a", "b");
    }

    @Test
    void aRequestIsReadWithItsDefaults() {
        HttpParameters plain = HttpParameters.of(Map.of("url", "https://example.com/a?b=c"));
        assertThat(plain.method()).isEqualTo("GET");
        assertThat(plain.body()).isNull();
        assertThat(plain.expected().holds(299)).isTrue();
        assertThat(plain.expected().holds(300)).isFalse();
        assertThat(plain.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(plain.timeout()).isEqualTo(Duration.ofMinutes(1));
        HttpParameters full = HttpParameters.of(Map.of(
                "url",
                "http://example.com",
                "method",
                "post",
                "expect",
                "204, 300-304",
                "header.X-Key",
                "k",
                "timeout",
                "2s"));
        assertThat(full.method()).isEqualTo("POST");
        assertThat(full.headers()).containsExactly(Map.entry("X-Key", "k"));
        assertThat(List.of(204, 300, 304, 305, 200))
                .filteredOn(full.expected()::holds)
                .containsExactly(204, 300, 304);
        assertThat(full.timeout()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aJobDeclaredInCodeIsRefusedWithEverythingThatIsWrong() {
        assertThatThrownBy(() -> command()
                        .parameter("arg.3", "x")
                        .parameter("args", "{}")
                        .build())
                .isInstanceOf(IllegalDefinitionException.class)
                .hasMessageContaining("parameters.args: is JSON, but a mapping")
                .hasMessageContaining("parameters[\"arg.3\"]: leaves a gap");
        assertThatThrownBy(() -> Job.named("http").manual().build())
                .as("the name is the handler unless one is named")
                .hasMessageContaining("url is missing");
        assertThat(Job.named("http").manual().handler("mine").build().handler()).isEqualTo("mine");
    }

    @Test
    void whatARunSetsIsCheckedTogetherWithWhatTheDefinitionSays() {
        JobDefinition job = command().parameter("arg.0", "a").build();
        assertThat(HandlerParameters.problems(job, Map.of("arg.1", "b", "region", "north")))
                .isEmpty();
        assertThat(HandlerParameters.problems(job, Map.of("command", "../other", "arg.2", "c")))
                .extracting(DefinitionError::path)
                .containsExactly("parameters.command", "parameters[\"arg.2\"]");
        JobDefinition own = Job.named("own").manual().build();
        assertThat(HandlerParameters.problems(own, Map.of("command", "../other")))
                .isEmpty();
    }

    @Test
    void aDefinitionStoredUnderOlderRulesIsStillRead() {
        String stored = "{\"name\":\"http\",\"trigger\":\"manual\",\"parameters\":{\"verb\":\"GET\"}}";
        assertThat(DefinitionJson.decode(stored).parameters()).containsEntry("verb", "GET");
        assertThat(HandlerParameters.problems(DefinitionJson.decode(stored), Map.of()))
                .hasSize(2);
    }

    @Test
    void theSchemaKnowsTheParametersOfBuiltInHandlers() throws IOException {
        JsonNode schema = JSON.readTree(DefinitionSchema.json());
        for (String good : List.of(
                "{\"name\":\"a\",\"trigger\":\"manual\",\"handler\":\"http\","
                        + "\"parameters\":{\"url\":\"https://a\",\"expect\":200,\"header.X\":1,\"method\":\"put\"}}",
                "{\"name\":\"command\",\"trigger\":\"manual\",\"parameters\":{\"command\":\"x\",\"arg.0\":true,\"y\":1}}",
                "{\"name\":\"http\",\"trigger\":\"manual\",\"handler\":\"mine\"}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"parameters\":{\"verb\":1}}")) {
            assertThat(SchemaChecker.check(schema, file(good))).as(good).isEmpty();
            assertThat(Definitions.parse("a.json", file(good).toString()).errors())
                    .as(good)
                    .isEmpty();
        }
        for (String bad : List.of(
                "{\"name\":\"http\",\"trigger\":\"manual\"}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"handler\":\"http\",\"parameters\":{\"verb\":1}}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"handler\":\"http\",\"parameters\":{\"url\":\"/a\"}}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"handler\":\"http\","
                        + "\"parameters\":{\"url\":\"https://a\",\"expect\":700}}",
                "{\"name\":\"a\",\"trigger\":\"manual\",\"handler\":\"command\",\"parameters\":{\"command\":\"b/c\"}}")) {
            assertThat(SchemaChecker.check(schema, file(bad))).as(bad).isNotEmpty();
            assertThat(Definitions.parse("a.json", file(bad).toString()).errors())
                    .as(bad)
                    .isNotEmpty();
        }
    }

    private static JsonNode file(String job) throws IOException {
        return JSON.readTree("{\"apiVersion\":\"belfry/v1\",\"jobs\":[" + job + "]}");
    }
}
