package dev.belfry.console.cli;

import dev.belfry.core.schedule.CronExpression;
import dev.belfry.core.schedule.CronSyntaxException;
import dev.belfry.core.schedule.DstPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "cron", description = "Previews of cron expressions.", mixinStandardHelpOptions = true)
final class CronVerb implements Runnable {
    @picocli.CommandLine.Spec
    picocli.CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(), "say what: belfry cron next EXPR");
    }

    /** {@code cron next}. */
    @Command(
            name = "next",
            description =
                    "Prints when an expression fires next. With --stdin reads lines of expression TAB zone TAB from,"
                            + " and prints for each the next instant, NONE, or INVALID TAB reason.")
    static final class Next extends Verb {
        @Parameters(arity = "0..1", paramLabel = "EXPR", description = "A cron expression, in quotes: seconds first.")
        @Nullable
        String expression;

        @Option(
                names = "--stdin",
                description = "Read lines of expression TAB zone TAB from, and answer each with one line.")
        boolean stdin;

        @Option(
                names = "--zone",
                paramLabel = "ZONE",
                description = "The zone in which the expression is read, such as Europe/Berlin. Default: UTC.")
        String zone = "UTC";

        @Option(names = "--from", paramLabel = "INSTANT", description = "Only fires strictly after this. Default: now.")
        @Nullable
        Instant from;

        @Option(names = "--count", paramLabel = "N", description = "How many fires, 1 to 10000. Default: 5.")
        int count = 5;

        Next(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            if (stdin == (expression != null)) {
                throw usage("give either an expression or --stdin");
            }
            return stdin ? lines() : one(java.util.Objects.requireNonNull(expression));
        }

        private int one(String text) {
            CronExpression cron;
            ZoneId in;
            try {
                cron = CronExpression.parse(text);
                in = zone(zone);
            } catch (CronSyntaxException e) {
                throw new NoException(String.valueOf(e.getMessage()));
            } catch (DateTimeException e) {
                throw usage("unknown zone '" + zone + "'; write one such as Europe/Berlin or UTC");
            }
            if (count < 1 || count > 10_000) {
                throw usage("--count is " + count + "; from 1 to 10000");
            }
            Instant after = from == null ? shell.clock().instant() : from;
            List<String> instants = new ArrayList<>();
            TextTable table = new TextTable("UTC", "LOCAL", "WHEN");
            for (int i = 0; i < count; i++) {
                Optional<Instant> next = cron.next(after, in, DstPolicy.AUTO);
                if (next.isEmpty()) {
                    break;
                }
                after = next.get();
                instants.add(String.valueOf(Times.iso(after)));
                table.row(
                        after,
                        after.atZone(in),
                        Times.relative(after, shell.clock().instant()));
            }
            if (instants.isEmpty()) {
                throw new NoException(
                        cron.neverFires()
                                ? "\"" + text
                                        + "\" never fires: no date from 1970 to 2099 has such a day, month and year"
                                : "\"" + text + "\" does not fire after " + Times.instant(after)
                                        + ": every instant of it lies before that");
            }
            print(table, instants);
            return Exit.DONE;
        }

        private int lines() {
            try {
                for (String line = shell.in().readLine();
                        line != null;
                        line = shell.in().readLine()) {
                    print(answer(line));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read standard input", e);
            }
            return Exit.DONE;
        }

        private static String answer(String line) {
            String[] parts = line.split("\t", -1);
            if (parts.length != 3) {
                return "INVALID\tthe line has " + parts.length + " fields, not expression TAB zone TAB from";
            }
            try {
                CronExpression cron = CronExpression.parse(parts[0]);
                Instant from = OffsetDateTime.parse(parts[2].strip()).toInstant();
                return cron.next(from, zone(parts[1].strip()), DstPolicy.AUTO)
                        .map(Instant::toString)
                        .orElse("NONE");
            } catch (CronSyntaxException e) {
                return "INVALID\t" + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
            } catch (DateTimeException e) {
                return "INVALID\tzone or instant: "
                        + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
            }
        }

        private static ZoneId zone(String text) {
            return text.isEmpty() || text.equals("UTC") ? ZoneOffset.UTC : ZoneId.of(text);
        }
    }
}
