package dev.belfry.console.cli;

import dev.belfry.core.job.NearestKey;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said of wrong usage: the error, what was perhaps meant, and where help is. */
final class UsageErrors {
    private UsageErrors() {}

    /** Prints three lines at most; the answer is the exit code. */
    static int tell(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("belfry: " + message(wrong, command));
        err.println("see '" + command.getCommandSpec().qualifiedName(" ") + " --help'");
        return Exit.USAGE;
    }

    private static String message(ParameterException wrong, CommandLine command) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return String.valueOf(wrong.getMessage());
        }
        String word = unmatched.getUnmatched().get(0);
        boolean option = word.startsWith("-");
        boolean verb = !option && !command.getSubcommands().isEmpty();
        String kind = option ? "option" : verb ? "command" : "argument";
        Collection<String> known =
                option ? options(command) : verb ? command.getSubcommands().keySet() : List.<String>of();
        String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        return "unknown " + kind + " '" + word + "'"
                + NearestKey.to(name, known)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("");
    }

    private static List<String> options(CommandLine command) {
        List<String> names = new ArrayList<>();
        command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .forEach(option -> names.addAll(List.of(option.names())));
        return names;
    }
}
