package dev.belfry.console.cli;

import dev.belfry.core.job.ParsedDefinitions;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "validate", description = "Checks files of definitions and prints everything that is wrong with them.")
final class ValidateVerb extends Verb {

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Definitions in YAML or JSON; - for standard input.")
    List<String> files = List.of();

    ValidateVerb(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        int wrong = 0;
        for (String file : files) {
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
}
