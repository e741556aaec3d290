package dev.belfry.console.cli;

import dev.belfry.core.job.ParsedDefinitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "validate",
        description =
                "Checks files of definitions, or all in a directory, and prints everything that is wrong with them.")
final class ValidateVerb extends Verb {

    private static final Pattern DEFINITIONS = Pattern.compile(".+\\.(yaml|yml|json)");

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Definitions in YAML or JSON; - for standard input. Of a directory every *.yaml, *.yml and *.json is taken,"
                            + " sorted by name; those further below are not.")
    List<String> files = List.of();

    ValidateVerb(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        List<String> all = new ArrayList<>();
        files.forEach(file -> all.addAll(expanded(file)));
        int wrong = 0;
        for (String file : all) {
            ParsedDefinitions parsed = definitions(file);
            String name = nameOf(file);
            parsed.errors().forEach(error -> print(error.render()));
            parsed.later().forEach(later -> print(later.render()));
            wrong += parsed.errors().size();
            if (parsed.isValid()) {
                warnOfTheFinished(parsed);
                String remark = parsed.later().isEmpty()
                        ? ""
                        : ", " + parsed.later().size() + " of the keys above need a later version";
                print(name + ": valid, " + Words.count(parsed.jobs().size(), "job") + remark);
            } else {
                print(name + ": " + Words.count(parsed.errors().size(), "error"));
            }
        }
        return wrong == 0 ? Exit.DONE : Exit.NO;
    }

    /** A file as it is, a directory as the files of definitions in it. */
    private List<String> expanded(String file) {
        if (file.equals("-") || !Files.isDirectory(Path.of(file))) {
            return List.of(file);
        }
        try (Stream<Path> entries = Files.list(Path.of(file))) {
            List<String> found = entries.filter(path ->
                            DEFINITIONS.matcher(path.getFileName().toString()).matches())
                    .filter(Files::isRegularFile)
                    .map(Path::toString)
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw usage("no *.yaml, *.yml or *.json in directory " + file);
            }
            return found;
        } catch (IOException e) {
            throw usage("cannot read directory " + file + ": " + e.getMessage());
        }
    }
}
