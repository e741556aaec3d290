package dev.belfry.examples.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that fetches the sources, with a stand-in for Maven that counts its calls and has no jar of Quartz. */
class FetchCorpusTest {
    private static final Path SCRIPT = Path.of("fetch-corpus.sh").toAbsolutePath();
    private static final String STAND_IN = """
            #!/bin/sh
            echo call >> "%s/calls"
            for argument in "$@"; do
                case $argument in
                    -Dartifact=*) artifact=${argument#-Dartifact=} ;;
                    -DoutputDirectory=*) output=${argument#-DoutputDirectory=} ;;
                esac
            done
            case ${artifact:-} in
                '' | *quartz*) echo "[ERROR] could not find it"; exit 1 ;;
            esac
            rest=${artifact#*:}
            version=${rest#*:}
            version=${version%%%%:*}
            cp "%s/some.jar" "$output/${rest%%%%:*}-$version-sources.jar"
            """;

    @TempDir
    Path folder;

    @Test
    void jarThatCannotBeHadIsNamedAndTheRestIsUsed() throws Exception {
        assertThat(fetch("corpus", standIn())).isZero();
        assertThat(output("err"))
                .contains("org.quartz-scheduler:quartz:")
                .contains("going on without it")
                .contains("[ERROR] could not find it")
                .doesNotContain("guava");
        assertThat(output("out")).contains("corpus: 5 files in ");
        try (var children = Files.list(folder.resolve("corpus"))) {
            assertThat(children.map(child -> child.getFileName().toString()))
                    .filteredOn(name -> !name.startsWith("."))
                    .hasSize(5)
                    .noneMatch(name -> name.contains("quartz"));
        }
    }

    @Test
    void whatIsThereIsNotFetchedAgain() throws Exception {
        fetch("corpus", standIn());
        long calls = calls();
        assertThat(fetch("corpus", standIn())).isZero();
        assertThat(calls())
                .as("one for all that is missing, one for the missing jar alone")
                .isEqualTo(calls + 2);
    }

    @Test
    void withoutAnySourceItFailsAndSaysWhatToDo() throws Exception {
        assertThat(fetch("corpus", "/no/such/maven")).isEqualTo(1);
        assertThat(output("err")).contains("/no/such/maven").contains("--corpus DIR");
    }

    @Test
    void withoutATargetItSaysHowToCallIt() throws Exception {
        assertThat(fetch("", "mvn")).isEqualTo(2);
        assertThat(output("err")).contains("usage: fetch-corpus.sh TARGET_DIR");
    }

    @Test
    void librariesAreOfTheVersionsThatBelfryIsBuiltWith() throws IOException {
        String script = Files.readString(SCRIPT);
        String pom = Files.readString(Path.of("../../scheduler-bom/pom.xml"));
        for (String library : List.of("guava", "curator", "zookeeper", "quartz")) {
            Matcher version = Pattern.compile("<" + library + ".version>(.*)</").matcher(pom);
            assertThat(version.find()).isTrue();
            assertThat(script)
                    .containsPattern("(?m)^\\S+:" + library + "[a-z-]*:" + Pattern.quote(version.group(1)) + "$");
        }
    }

    private String standIn() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("Some.java"), "class Some {}");
        run(List.of("jar", "--create", "--no-manifest", "--file", "some.jar", "Some.java"), "mvn");
        Path script = folder.resolve("stand-in");
        Files.writeString(script, STAND_IN.formatted(folder, folder));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script.toString();
    }

    private int fetch(String target, String maven) throws IOException, InterruptedException {
        return run(
                List.of(
                        "sh",
                        SCRIPT.toString(),
                        target.isEmpty() ? "" : folder.resolve(target).toString()),
                maven);
    }

    private int run(List<String> command, String maven) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("MVN", maven);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String output(String stream) throws IOException {
        return Files.readString(folder.resolve(stream));
    }

    private long calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls")).size();
    }
}
