package dev.belfry.console.cli;

import dev.belfry.core.job.Definitions;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.ParsedDefinitions;
import dev.belfry.core.schedule.Schedule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One command of the command line: the options that all have, and how they print. */
@CommandLine.Command(mixinStandardHelpOptions = true, versionProvider = Belfry.Version.class)
abstract class Verb implements Callable<Integer> {

    /** More than any file of definitions may have: 4 Mi characters of at most 3 bytes. */
    private static final int MOST_BYTES = 3 * 4 * 1024 * 1024;

    /** How an answer is printed. */
    enum Format {
        TABLE,
        JSON,
        YAML;

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    final Shell shell;

    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (default) for people; json or yaml for programs, whose keys stay as they are.")
    Format format = Format.TABLE;

    @Option(names = "--debug", description = "Show stack traces and the log of the connection.")
    boolean debug;

    Verb(Shell shell) {
        this.shell = shell;
    }

    void print(String line) {
        shell.out().println(line);
    }

    /** Prints {@code table}, or {@code tree} if another format is wanted. */
    void print(TextTable table, Object tree) {
        switch (format) {
            case TABLE -> shell.out().print(table.render());
            case JSON -> shell.out().print(Documents.json(tree));
            case YAML -> shell.out().print(Documents.yaml(tree));
        }
    }

    /** Says which jobs can never fire again: all of their instants are past. */
    void warnOfTheFinished(ParsedDefinitions parsed) {
        Instant now = shell.clock().instant();
        for (JobDefinition job : parsed.jobs()) {
            Schedule schedule = job.schedule();
            boolean fires = schedule.manualOnly()
                    || schedule.delay().isPresent()
                    || schedule.next(now).isPresent();
            if (!fires) {
                warn("job '" + job.name() + "' never fires from now on: every instant of its triggers is past; "
                        + "change them, or start it with 'belfry trigger'");
            }
        }
    }

    void warn(String line) {
        shell.err().println("belfry: " + line);
    }

    ParameterException usage(String message) {
        return new ParameterException(
                java.util.Objects.requireNonNull(spec, "commands are run by picocli")
                        .commandLine(),
                message);
    }

    /** A file of definitions, {@code -} for standard input, read and parsed. */
    ParsedDefinitions definitions(String file) {
        if (!file.equals("-") && Files.isDirectory(Path.of(file))) {
            throw usage(
                    file + " is a directory; name a file of definitions ('belfry validate' takes directories, too)");
        }
        try {
            String text =
                    file.equals("-") ? String.join("\n", shell.in().lines().toList()) : read(Path.of(file));
            return Definitions.parse(nameOf(file), text);
        } catch (java.nio.file.NoSuchFileException e) {
            throw usage("no such file: " + file);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new NoException(file + " is not UTF-8 text; save it as UTF-8");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** What a file of definitions is called in messages. */
    static String nameOf(String file) {
        return file.equals("-") ? "stdin" : file;
    }

    private static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream stream = Files.newInputStream(file)) {
            bytes = stream.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new NoException(file + " is longer than " + MOST_BYTES
                    + " bytes, no file of definitions; split it into several files");
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    /**
     * Definitions in which nothing is wrong for themselves; what is wrong goes to the error output, and the answer is no. Of those in
     * which one job runs after another {@link Findings#refuse} has to say whether they can be applied: that depends on what is there.
     */
    ParsedDefinitions readable(String file) {
        ParsedDefinitions parsed = definitions(file);
        boolean alone =
                parsed.jobs().stream().allMatch(job -> job.upstreams().after().isEmpty());
        return !parsed.isValid() || alone ? applicable(parsed) : warned(parsed);
    }

    private ParsedDefinitions warned(ParsedDefinitions parsed) {
        warnOfTheFinished(parsed);
        return parsed;
    }

    /** Definitions that can be applied; what is wrong with them goes to the error output, and the answer is no. */
    ParsedDefinitions applicable(String file) {
        return applicable(definitions(file));
    }

    private ParsedDefinitions applicable(ParsedDefinitions parsed) {
        parsed.errors().forEach(error -> shell.err().println(error.render()));
        parsed.later().forEach(error -> shell.err().println(error.render()));
        int wrong = parsed.errors().size() + parsed.later().size();
        if (wrong > 0) {
            throw new NoException(parsed.file() + ": " + Words.count(wrong, "error") + "; nothing was changed");
        }
        return warned(parsed);
    }
}
