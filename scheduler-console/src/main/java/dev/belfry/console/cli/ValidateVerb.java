package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.core.job.DefinitionError;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.ParsedDefinitions;
import dev.belfry.core.workflow.WorkflowChecks;
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
                "Checks files of definitions, or all in a directory, together, and prints everything that is wrong with them. Asks no"
                        + " server, unless --namespace is given: then upstreams may be jobs of that namespace, too.")
final class ValidateVerb extends ClusterVerb {

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
        List<ParsedDefinitions> all = new ArrayList<>();
        files.forEach(file -> expanded(file).forEach(one -> all.add(definitions(one))));
        boolean valid = all.stream().allMatch(ParsedDefinitions::isValid);
        // Where some jobs cannot be read others would seem to lack them.
        WorkflowChecks.Findings findings = WorkflowChecks.of(valid ? all : List.of(), valid ? present() : List.of());
        all.forEach(parsed -> print(parsed, findings));
        findings.elsewhere().forEach(problem -> print(problem.render()));
        if (!named()
                && findings.inFiles().stream().anyMatch(error -> error.message().startsWith("there is no job"))) {
            warn("only jobs of these files are known; with --namespace those of a namespace are, too");
        }
        return valid && findings.none() ? Exit.DONE : Exit.NO;
    }

    /** The jobs of the namespace, if one was named: what is in it otherwise is no matter of the files. */
    private List<JobDefinition> present() {
        return named() ? connected(Findings::present) : List.of();
    }

    private boolean named() {
        return spec != null && spec.commandLine().getParseResult().hasMatchedOption("--namespace");
    }

    @Override
    int ask(BelfryClient client) {
        throw new AssertionError("it asks one question only");
    }

    private void print(ParsedDefinitions parsed, WorkflowChecks.Findings findings) {
        List<DefinitionError> errors = new ArrayList<>(parsed.errors());
        findings.inFiles().stream()
                .filter(error -> error.file().equals(parsed.file()))
                .forEach(errors::add);
        errors.forEach(error -> print(error.render()));
        parsed.later().forEach(later -> print(later.render()));
        if (errors.isEmpty()) {
            warnOfTheFinished(parsed);
            String remark = parsed.later().isEmpty()
                    ? ""
                    : ", " + parsed.later().size() + " of the keys above need a later version";
            print(parsed.file() + ": valid, " + Words.count(parsed.jobs().size(), "job") + remark);
        } else {
            print(parsed.file() + ": " + Words.count(errors.size(), "error"));
        }
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
