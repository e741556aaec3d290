package dev.belfry.core.job;

import dev.belfry.core.schedule.Durations;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Queues and pools at the top of a file, and the shapes of what a job says about them. */
final class QueueForms {

    private static final int MOST_QUEUES = 100;
    private static final int MOST_POOLS = 1_000;
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3})%");
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration YEAR = Duration.ofDays(366);

    private QueueForms() {}

    private static final Key<QueueRules, QueueOrder> ORDER = Key.<QueueRules, QueueOrder>optional(
                    "order",
                    Scalars.choice(QueueOrder.class),
                    QueueRules::order,
                    "Which job is next among tasks of the same age and priority.")
            .defaulting(QueueRules.USUAL.order());
    private static final Key<QueueRules, QueueCost> COST = Key.<QueueRules, QueueCost>optional(
                    "cost",
                    Scalars.choice(QueueCost.class),
                    QueueRules::cost,
                    "order shortest-job-first: what is short, the measured duration or the memory.")
            .defaulting(QueueRules.USUAL.cost());
    private static final Key<QueueRules, Duration> AGEING = Key.<QueueRules, Duration>optional(
                    "ageing",
                    Times.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
                    QueueRules::ageing,
                    "How long a task waits to gain one priority.")
            .defaulting(QueueRules.USUAL.ageing());

    private static final Form<QueueRules> QUEUE = new Form<>(
            "queue",
            List.of(ORDER, COST, AGEING),
            values -> {
                if (values.has(COST) && values.sound(ORDER) && values.get(ORDER) != QueueOrder.SHORTEST_JOB_FIRST) {
                    values.report(
                            Complaint.of("only the order shortest-job-first looks at costs")
                                    .expecting("order: shortest-job-first, or no such key"),
                            COST);
                }
            },
            values -> new QueueRules(values.get(ORDER), values.get(COST), values.get(AGEING)));

    /** Queues by name. */
    static final Shape<Map<String, QueueRules>> QUEUES = new MapShape<>(
            JobDefinition.NAME,
            JobForm.NAME_WORDS,
            QUEUE,
            "a mapping of at most " + MOST_QUEUES + " names to queues",
            MOST_QUEUES);

    /** Slots of pools by name. */
    static final Shape<Map<String, Integer>> POOLS = new MapShape<>(
            JobDefinition.NAME,
            JobForm.NAME_WORDS,
            Scalars.whole(0, 100_000),
            "a mapping of at most 1,000 names to numbers of slots",
            MOST_POOLS);

    static Shape<Duration> cost() {
        return Times.duration(MILLISECOND, YEAR);
    }

    static Shape<StartRate> rate() {
        return new ScalarShape<>(
                "a rate such as 5/s, 30/m, 100/h or 1/d, of at most 100,000 starts",
                EnumSet.of(Node.Type.TEXT),
                Map.of("type", "string", "pattern", "^" + StartRate.PATTERN + "$"),
                StartRate::parse,
                StartRate::toString);
    }

    /** A share such as 95%, or a duration. */
    static Shape<BackupAfter> backupAfter() {
        return new ScalarShape<>(
                "a share from 50% to 99%, or a duration from 1ms to 366d, such as 30s or 1h30m",
                EnumSet.of(Node.Type.TEXT),
                Map.of("type", "string", "pattern", "^\\s*(?:[5-9][0-9]%|(?:[0-9]+(?:d|h|ms|m|s))+|[Pp].+)\\s*$"),
                QueueForms::parseBackupAfter,
                BackupAfter::toString);
    }

    private static BackupAfter parseBackupAfter(String text) throws Refused {
        Matcher share = PERCENT.matcher(text);
        if (share.matches()) {
            int percent = Integer.parseInt(share.group(1));
            if (percent < 50 || percent > 99) {
                throw new Refused("is " + Complaint.quote(text));
            }
            return new BackupAfter.Share(percent);
        }
        Duration time = Times.pointing(() -> Durations.parse(text));
        if (time.compareTo(MILLISECOND) < 0 || time.compareTo(YEAR) > 0 || time.toNanosPart() % 1_000_000 != 0) {
            throw new Refused("is " + Complaint.quote(text));
        }
        return new BackupAfter.Fixed(time);
    }
}
