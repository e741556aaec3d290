package dev.belfry.core.job;

import dev.belfry.core.schedule.AtTrigger;
import dev.belfry.core.schedule.CronExpression;
import dev.belfry.core.schedule.CronTrigger;
import dev.belfry.core.schedule.DelayTrigger;
import dev.belfry.core.schedule.DstPolicy;
import dev.belfry.core.schedule.EveryTrigger;
import dev.belfry.core.schedule.ManualTrigger;
import dev.belfry.core.schedule.Trigger;
import dev.belfry.core.schedule.TriggerOptions;
import dev.belfry.core.schedule.TriggerOptions.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The keys of a trigger, and how one or several are written. */
final class TriggerForm {

    static final int MOST = 32;

    private static final int MOST_INSTANTS = 1_000;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(3_660);

    private TriggerForm() {}

    static final Key<Trigger, CronExpression> CRON = Key.optional(
            "cron",
            Times.cron(),
            trigger -> trigger instanceof CronTrigger cron ? cron.expression() : null,
            "Fires when the local clock matches: seconds, minutes, hours, day of month, month, day of week, year if wanted.");
    static final Key<Trigger, Duration> EVERY = Key.optional(
            "every",
            Times.duration(SHORTEST, LONGEST),
            trigger -> trigger instanceof EveryTrigger every ? every.every() : null,
            "Fires at a fixed rate, counted from the anchor.");
    static final Key<Trigger, Duration> DELAY = Key.optional(
            "delay",
            Times.duration(SHORTEST, LONGEST),
            trigger -> trigger instanceof DelayTrigger delay ? delay.delay() : null,
            "Fires so long after the previous run ended; stands alone.");
    static final Key<Trigger, List<Instant>> AT = Key.optional(
            "at",
            Mapped.oneOrMany(Times.instant(), "a list of instants", MOST_INSTANTS),
            trigger -> trigger instanceof AtTrigger at ? at.instants() : null,
            "Fires at one instant or at several.");
    static final Key<Trigger, Boolean> MANUAL = Key.optional(
            "manual",
            Scalars.bool(),
            trigger -> trigger instanceof ManualTrigger ? Boolean.TRUE : null,
            "Never fires by itself; stands alone. `trigger: manual` is the same.");
    static final Key<Trigger, Instant> ANCHOR = Key.optional(
            "anchor",
            Times.instant(),
            TriggerForm::anchor,
            "With every: an instant from which fires are counted; without it the start, or else 1970-01-01T00:00:00Z.");
    static final Key<Trigger, ZoneId> ZONE = Key.<Trigger, ZoneId>optional(
                    "zone",
                    Times.zone(),
                    trigger -> trigger.options().zone(),
                    "The zone of cron fields and calendar days.")
            .defaulting(ZoneOffset.UTC);
    static final Key<Trigger, Instant> START = Key.optional(
            "start",
            Times.instant(),
            trigger -> trigger.options().window().hasStart()
                    ? trigger.options().window().start()
                    : null,
            "The first instant that counts.");
    static final Key<Trigger, Instant> END = Key.optional(
            "end",
            Times.instant(),
            trigger -> trigger.options().window().hasEnd()
                    ? trigger.options().window().end()
                    : null,
            "The first instant that does not count any more.");
    static final Key<Trigger, String> CALENDAR = Key.optional(
            "calendar",
            Scalars.word("the name of a calendar", CalendarsShape.NAME),
            trigger -> trigger.options().calendar(),
            "The calendar that says when nothing fires.");
    static final Key<Trigger, Duration> JITTER = Key.optional(
                    "jitter",
                    Times.duration(Duration.ZERO, Duration.ofDays(30)),
                    (Trigger trigger) -> trigger.options().jitter(),
                    "Each fire is delayed by up to this, always by the same for the same job and instant.")
            .defaulting(Duration.ZERO);

    private static final Key<DstPolicy, DstPolicy.Gap> GAP = Key.optional(
                    "gap",
                    Scalars.choice(DstPolicy.Gap.class),
                    DstPolicy::gap,
                    "Local times that the clock leaps over.")
            .defaulting(DstPolicy.Gap.AUTO);
    private static final Key<DstPolicy, DstPolicy.Overlap> OVERLAP = Key.optional(
                    "overlap",
                    Scalars.choice(DstPolicy.Overlap.class),
                    DstPolicy::overlap,
                    "Local times that the clock shows twice.")
            .defaulting(DstPolicy.Overlap.AUTO);
    private static final Form<DstPolicy> DST_FORM = new Form<>(
            "dst", List.of(GAP, OVERLAP), values -> {}, values -> DstPolicy.of(values.get(GAP), values.get(OVERLAP)));

    static final Key<Trigger, DstPolicy> DST = Key.optional(
                    "dst",
                    new ByKind<>(
                            Node.Scalar.class,
                            constant("auto", "auto", DstPolicy.AUTO),
                            Node.Mapping.class,
                            DST_FORM,
                            DstPolicy.AUTO::equals),
                    (Trigger trigger) -> trigger.options().dst(),
                    "Where the clock changes. auto: an expression with * or / in seconds, minutes or hours follows the clock;"
                            + " any other fires once, at the end of a gap and in the first pass of an overlap.")
            .defaulting(DstPolicy.AUTO);

    /** The keys of which a trigger has exactly one. */
    static final List<Key<Trigger, ?>> KINDS = List.of(CRON, EVERY, DELAY, AT, MANUAL);

    static final Form<Trigger> FORM = new Form<>(
            "trigger",
            List.of(CRON, EVERY, DELAY, AT, MANUAL, ANCHOR, ZONE, START, END, CALENDAR, JITTER, DST),
            TriggerRules::check,
            TriggerForm::make);

    private static final Shape<Trigger> ONE = new ByKind<>(
            Node.Scalar.class,
            constant("manual", "manual, or a mapping with cron, every, delay or at", new ManualTrigger()),
            Node.Mapping.class,
            FORM,
            ManualTrigger.class::isInstance);

    /** One trigger or a list of them. */
    static final Shape<List<Trigger>> ALL = Mapped.oneOrMany(ONE, "a list of triggers", MOST);

    /** The instant from which {@code every} counts, if it is not the one that would be taken without it. */
    private static @Nullable Instant anchor(Trigger trigger) {
        if (!(trigger instanceof EveryTrigger every)) {
            return null;
        }
        Instant usual = EveryTrigger.of(every.every(), every.options()).anchor();
        return every.anchor().equals(usual) ? null : every.anchor();
    }

    private static Trigger make(Values values) {
        TriggerOptions options = options(values);
        if (values.has(CRON)) {
            return new CronTrigger(values.get(CRON), options);
        }
        if (values.has(EVERY)) {
            Instant anchor = values.find(ANCHOR);
            return anchor == null
                    ? EveryTrigger.of(values.get(EVERY), options)
                    : new EveryTrigger(values.get(EVERY), anchor, options);
        }
        if (values.has(DELAY)) {
            return new DelayTrigger(values.get(DELAY), options);
        }
        return values.has(AT) ? new AtTrigger(values.get(AT), options) : new ManualTrigger();
    }

    private static TriggerOptions options(Values values) {
        Window window = new Window(
                Objects.requireNonNullElse(values.find(START), Instant.MIN),
                Objects.requireNonNullElse(values.find(END), Instant.MAX));
        return new TriggerOptions(window, values.find(CALENDAR), values.get(JITTER), values.get(ZONE), values.get(DST));
    }

    /** A single word that stands for a value. */
    private static <V> Shape<V> constant(String word, String words, V value) {
        return new ScalarShape<>(
                words,
                EnumSet.of(Node.Type.TEXT),
                Map.of("const", word),
                text -> {
                    if (!text.equals(word)) {
                        throw new Refused(
                                Complaint.of("is " + Complaint.quote(text)).nearest(text, List.of(word)), 0);
                    }
                    return value;
                },
                each -> word);
    }
}
