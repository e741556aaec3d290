package dev.belfry.testkit.cluster;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about testing and the tests that it names: neither knows more than the other. */
final class ScenariosPageTest {
    private static final Path PAGE = Path.of("../docs/testing.md");
    private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\| (`[^|]+`) \\| ([a-z, ]+) \\|");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Pattern TEST = Pattern.compile("@Test\\s+(?:@\\w+(?:\\([^)]*\\))?\\s+)*void (\\w+)\\(");
    private static final Set<String> WHERE = Set.of("simulated", "real", "pure");

    /** By class: the tests in it. */
    private final Map<String, Set<String>> tests = new TreeMap<>();

    ScenariosPageTest() throws IOException {
        for (String module :
                List.of("scheduler-core", "scheduler-agent", "scheduler-console", "scheduler-testkit", "zk-scripts")) {
            try (Stream<Path> files = Files.walk(Path.of("../" + module + "/src/test/java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    String name = file.getFileName().toString().replace(".java", "");
                    TEST.matcher(Files.readString(file))
                            .results()
                            .forEach(found -> tests.computeIfAbsent(name, n -> new TreeSet<>())
                                    .add(found.group(1)));
                }
            }
        }
    }

    private static List<Matcher> rows() throws IOException {
        List<Matcher> rows = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && NAMED.matcher(row.group(2)).find()) {
                rows.add(row);
            }
        }
        return rows;
    }

    @Test
    void everyTestThatThePageNamesExists() throws IOException {
        List<String> missing = new ArrayList<>();
        List<Matcher> rows = rows();
        assertThat(rows).hasSizeGreaterThan(60);
        for (Matcher row : rows) {
            NAMED.matcher(row.group(2))
                    .results()
                    .filter(named ->
                            !tests.getOrDefault(named.group(1), Set.of()).contains(named.group(2)))
                    .forEach(
                            named -> missing.add(named.group(1) + "#" + named.group(2) + " of '" + row.group(1) + "'"));
            assertThat(List.of(row.group(3).split(", "))).as(row.group(1)).isSubsetOf(WHERE);
        }
        assertThat(missing).as("named in " + PAGE + " and in no class of tests").isEmpty();
    }

    @Test
    void everyScenarioIsOnThePage() throws IOException {
        Set<String> named = rows().stream()
                .flatMap(row -> NAMED.matcher(row.group(2)).results())
                .map(found -> found.group(1) + "#" + found.group(2))
                .collect(toCollection(TreeSet::new));
        Set<String> scenarios = new TreeSet<>();
        tests.forEach((type, methods) -> {
            if (type.endsWith("ScenariosTest") && !type.equals("PlanScenariosTest")) {
                methods.forEach(method -> scenarios.add(type + "#" + method));
            }
        });
        assertThat(scenarios).hasSizeGreaterThan(40);
        scenarios.removeAll(named);
        assertThat(scenarios).as("to be named in " + PAGE).isEmpty();
    }
}
