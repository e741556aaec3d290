package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import dev.belfry.core.schedule.BusinessCalendar.DailyWindow;
import dev.belfry.core.schedule.ExcludedDays;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Valid definitions of every shape, the same for the same seed. */
final class RandomDefinitions {

    private static final String[] ODD_TEXTS = {
        "",
        " ",
        "yes",
        "NO",
        "null",
        "~",
        "true",
        "1.10",
        "0x1F",
        "1_000",
        "a: b",
        "# no comment",
        "- x",
        "*alias",
        "&a",
        "!tag",
        "{a: b}",
        "[1]",
        "'quoted'",
        "\"",
        "\\",
        "line\nbreak",
        "tab\there",
        " padded ",
        "trailing:",
        "\u00e9\u00fc\u4e2d",
        "\ud83d\ude00",
        "\u0000\u0007\u007f\u0085\u2028\ufeff\uffff",
        "%",
        "@x",
        "`x`",
        "?",
        "0o7",
        "12:30",
        "2026-12-01",
        "=",
        "<<",
        "---",
        "...",
        ".inf",
        "1e3",
        "a  b",
        "|",
        ">"
    };
    private static final String[] CRONS = {
        "0/5 * * * * ?",
        "0 30 4 ? * MON-FRI",
        "0 0 12 LW * ?",
        "0 15 10 ? * 6#3",
        "0 0 0 1 1 ? 2030-2040",
        "0  0 3 * * ?"
    };
    private static final String[] COMPARISONS = {
        ">0", "== \"a \\\" b\"", "!= null", "in [1.50, \"x\", true]", "exists", " absent ", "<= -1e3"
    };
    private static final String[] ZONES = {"UTC", "Europe/Berlin", "America/New_York", "+02:00", "Australia/Lord_Howe"};

    private final Random random;
    private boolean manual; // a manual trigger and upstreams exclude each other
    private boolean delayed; // and so do a delay and upstreams

    RandomDefinitions(long seed) {
        this.random = new Random(seed);
    }

    JobDefinition next(String name) {
        Job job = Job.named(name);
        triggers(job);
        maybe(() -> job.description(text()));
        maybe(() -> job.handler("handler-" + random.nextInt(5)));
        maybe(() -> job.enabled(random.nextBoolean()));
        maybe(() -> job.weight(1 + random.nextInt(1_000_000) / 997.0));
        policies(job);
        placement(job);
        maybe(() -> job.requireLabel("disk", "ssd", text() + "x"));
        maybe(() -> job.requireLabel("k8s.io/arch", "arm64"));
        maybe(() -> job.preferLabel("rack", text()));
        maybe(() -> job.exclusive("group-" + random.nextInt(3)));
        maybe(() -> job.slots(1 + random.nextInt(9)));
        for (int i = random.nextInt(4); i > 0; i--) {
            job.parameter("key " + ODD_TEXTS[9 + random.nextInt(12)], text());
        }
        return job.build();
    }

    private JobAlerts alerts() {
        JobAlerts alerts = JobAlerts.USUAL.silentUntil(random.nextBoolean() ? instant(2030) : Instant.MAX);
        return random.nextBoolean()
                ? alerts.withWebhook(URI.create("https://hooks.example.com/" + random.nextInt(9)))
                : alerts.withMail(
                        List.of("ops@example.com", "night@example.com").subList(0, 1 + random.nextInt(2)));
    }

    private void triggers(Job job) {
        int kind = random.nextInt(8);
        manual = kind == 0;
        delayed = kind == 1;
        if (kind == 0) {
            job.manual();
        } else if (kind == 1) {
            job.delay(duration());
            maybe(() -> job.zone(pick(ZONES)));
        } else {
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                trigger(job);
            }
        }
    }

    private void trigger(Job job) {
        int kind = random.nextInt(3);
        if (kind == 0) {
            job.cron(pick(CRONS));
            maybe(() -> job.dst(pick("auto", "skip", "run-at-gap-end"), pick("auto", "first", "last", "both")));
        } else if (kind == 1) {
            job.every(Duration.ofMillis(1 + random.nextInt(100_000_000)));
            maybe(() -> job.anchor(instant(2000)));
        } else {
            job.at(instant(2050), instant(2060));
        }
        maybe(() -> job.zone(pick(ZONES)));
        maybe(() -> job.start(instant(2010)));
        maybe(() -> job.end(instant(2090)));
        maybe(() -> job.jitter(duration()));
        if (kind == 0) {
            maybe(() -> job.calendar(calendar()));
        }
    }

    private BusinessCalendar calendar() {
        ExcludedDays days = ExcludedDays.NONE;
        if (random.nextBoolean()) {
            days = days.withDates(date(), date()).withAnnual(MonthDay.of(2, 29), MonthDay.of(12, 25));
        }
        if (random.nextBoolean()) {
            LocalDate first = date();
            days = days.withWeekdays(DayOfWeek.SUNDAY)
                    .withRanges(new ExcludedDays.DateRange(first, first.plusDays(random.nextInt(9))));
        }
        BusinessCalendar calendar =
                BusinessCalendar.named("calendar-" + random.nextInt(2)).withDays(days);
        if (random.nextBoolean()) {
            ZoneId zone = random.nextBoolean() ? null : ZoneId.of("Asia/Tokyo");
            calendar = calendar.withWindows(new DailyWindow(LocalTime.of(23, 51, 15), LocalTime.MIDNIGHT, zone));
        }
        if (random.nextBoolean()) {
            calendar = calendar.withMakeUp(date(), DayOfWeek.FRIDAY).withValidUntil(date());
        }
        return calendar;
    }

    private void policies(Job job) {
        maybe(() -> job.overlap(pick(OverlapPolicy.values())));
        maybe(() -> job.overlap(OverlapPolicy.BUFFER_ALL, 1 + random.nextInt(10_000)));
        maybe(() -> job.misfire(new Misfire(
                pick(MisfirePolicy.values()),
                Duration.ofMillis(random.nextInt(9_000)),
                duration(),
                1 + random.nextInt(99))));
        maybe(() -> job.recovery(pick(Recovery.values())));
        maybe(() -> job.alerts(alerts()));
        maybe(() -> job.timeouts(new Timeouts(
                random.nextBoolean() ? null : Duration.ofMinutes(5),
                random.nextBoolean() ? null : Duration.ofHours(5),
                random.nextBoolean() ? null : Duration.ofSeconds(5),
                null,
                pick(TimeoutAction.values()),
                Duration.ofSeconds(random.nextInt(20)))));
        maybe(() -> job.retry(new Retry(
                1 + random.nextInt(5),
                Duration.ofMillis(random.nextInt(5_000)),
                1 + random.nextDouble(),
                Duration.ofMinutes(1 + random.nextInt(5)),
                random.nextDouble(),
                random.nextBoolean() ? List.of() : List.of("java.io.IOException", "A$B"))));
    }

    private void placement(Job job) {
        Placement placement = pick(Placement.values());
        job.placement(placement);
        if (placement == Placement.BROADCAST) {
            return;
        }
        maybe(() -> job.shards(
                1 + random.nextInt(placement == Placement.QUEUED ? ShardLayout.MOST_QUEUED : ShardLayout.MOST_SHARDS)));
        maybe(() -> {
            List<String> parameters = new ArrayList<>();
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                parameters.add(text());
            }
            return job.shards(parameters);
        });
        maybe(() -> job.spread(pick("zone", "host")));
        if (placement == Placement.STICKY) {
            maybe(() -> job.strategy(pick(fitting(placement))));
            maybe(() -> job.rejoinGrace(Duration.ofSeconds(random.nextInt(100))));
        } else {
            maybe(() -> job.priority(random.nextInt(10)));
            maybe(() -> job.cpu(random.nextInt(1000) / 128.0));
            maybe(() -> job.memory(Math.abs(random.nextLong()) % (1L << 45)));
            queueing(job);
            maybe(() -> manual || delayed ? job : after(job));
        }
    }

    private Job after(Job job) {
        job.after(pick(TriggerRule.values()), "up", "upper");
        maybe(() -> job.when("up", "/a~1b/0", pick(COMPARISONS)));
        maybe(() -> job.when("upper", "", pick(COMPARISONS)));
        return job.parameter("output", "$${" + "upstream.up/count|none} of ${upstream.upper}, ${due-90m+2h.epoch}");
    }

    private void queueing(Job job) {
        maybe(() -> job.queue("queue-" + random.nextInt(3)));
        maybe(() -> job.concurrency(1 + random.nextInt(100_000)));
        maybe(() -> job.pool("db"));
        maybe(() -> job.pool("mail", "db"));
        maybe(() -> job.rate(new StartRate(
                1 + random.nextInt(100_000),
                pick(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1)))));
        maybe(() -> job.cost(duration()));
        maybe(() -> job.strategy(
                pick(Strategy.LEAST_LOADED, Strategy.MOST_UTILISED, Strategy.ROUND_ROBIN, Strategy.CONSISTENT_HASH)));
        maybe(() ->
                job.retry(new Retry(2, Duration.ZERO, 1, Duration.ofMinutes(1), 0, List.of(), random.nextInt(1_001))));
        maybe(() -> job.recovery(Recovery.RERUN)
                .backupAfter(
                        random.nextBoolean()
                                ? new BackupAfter.Share(50 + random.nextInt(50))
                                : new BackupAfter.Fixed(duration())));
    }

    private static Strategy[] fitting(Placement placement) {
        return Strategy.of(placement).toArray(Strategy[]::new);
    }

    private void maybe(Supplier<Job> step) {
        if (random.nextInt(3) == 0) {
            step.get();
        }
    }

    private String text() {
        return random.nextInt(3) == 0 ? "text " + random.nextInt(100) : pick(ODD_TEXTS);
    }

    private Duration duration() {
        return Duration.ofMillis(1 + random.nextInt(random.nextBoolean() ? 1_000 : 86_400_000));
    }

    private Instant instant(int year) {
        return LocalDate.of(year, 1 + random.nextInt(12), 3)
                .atStartOfDay(ZoneId.of("Z"))
                .toInstant()
                .plusNanos(random.nextInt(3) * 1_234_567L);
    }

    private LocalDate date() {
        return LocalDate.of(2026, 1, 1).plusDays(random.nextInt(700));
    }

    @SafeVarargs
    private <T> T pick(T... values) {
        return values[random.nextInt(values.length)];
    }
}
