package dev.belfry.core.job;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The keys of overlap, misfire and timeouts. */
final class PolicyForms {

    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration YEAR = Duration.ofDays(366);

    private PolicyForms() {}

    static final Key<Overlap, OverlapPolicy> OVERLAP_POLICY = Key.required(
            "policy",
            Scalars.choice(OverlapPolicy.class),
            Overlap::policy,
            "What happens to a fire of a shard whose previous run has not ended.");
    static final Key<Overlap, Integer> OVERLAP_LIMIT = Key.optional(
            "limit",
            Scalars.whole(1, Overlap.MOST_BUFFERED),
            overlap -> overlap.limit() == Overlap.defaultLimit(overlap.policy()) ? null : overlap.limit(),
            "buffer-all: the most fires of a shard that wait, 100 unless set. allow: the most that run side by side, up to"
                    + " 1,000, 10 unless set.");

    private static final Form<Overlap> OVERLAP_FORM = new Form<>(
            "overlap",
            List.of(OVERLAP_POLICY, OVERLAP_LIMIT),
            PolicyForms::checkOverlap,
            values -> new Overlap(
                    values.get(OVERLAP_POLICY),
                    Objects.requireNonNullElse(
                            values.find(OVERLAP_LIMIT), Overlap.defaultLimit(values.get(OVERLAP_POLICY)))));

    /** The policy alone, or with its limit. */
    static final Shape<Overlap> OVERLAP = new ByKind<>(
            Node.Scalar.class,
            new Mapped<>(Scalars.choice(OverlapPolicy.class), Overlap::of, Overlap::policy),
            Node.Mapping.class,
            OVERLAP_FORM,
            overlap -> overlap.limit() == Overlap.defaultLimit(overlap.policy()));

    private static void checkOverlap(Values values) {
        OverlapPolicy policy = values.find(OVERLAP_POLICY);
        Integer limit = values.find(OVERLAP_LIMIT);
        if (policy == null || limit == null) {
            return;
        }
        int most = Overlap.most(policy);
        if (most == 0) {
            values.report(Complaint.of("only buffer-all and allow have a limit").expecting("no limit"), OVERLAP_LIMIT);
        } else if (limit > most) {
            values.report(
                    Complaint.of("is " + limit)
                            .expecting(String.format(Locale.ROOT, "at most %,d runs side by side", most)),
                    OVERLAP_LIMIT);
        }
    }

    static final Form<Misfire> MISFIRE = misfire();

    private static Form<Misfire> misfire() {
        Misfire usual = Misfire.DEFAULT;
        Key<Misfire, MisfirePolicy> policy = Key.<Misfire, MisfirePolicy>optional(
                        "policy",
                        Scalars.choice(MisfirePolicy.class),
                        Misfire::policy,
                        "What becomes of late fires: the latest runs, all run, or none does.")
                .defaulting(usual.policy());
        Key<Misfire, Duration> threshold = Key.<Misfire, Duration>optional(
                        "threshold",
                        Times.duration(Duration.ZERO, DAY),
                        Misfire::threshold,
                        "A fire that starts later than this after its instant is late.")
                .defaulting(usual.threshold());
        Key<Misfire, Duration> window = Key.<Misfire, Duration>optional(
                        "window",
                        Times.duration(MILLISECOND, YEAR),
                        Misfire::window,
                        "fire-all: how far back fires are still run.")
                .defaulting(usual.window());
        Key<Misfire, Integer> limit = Key.<Misfire, Integer>optional(
                        "limit",
                        Scalars.whole(1, 10_000),
                        Misfire::limit,
                        "fire-all: the most fires that are run, the latest ones.")
                .defaulting(usual.limit());
        return new Form<>(
                "misfire",
                List.of(policy, threshold, window, limit),
                values -> {},
                values ->
                        new Misfire(values.get(policy), values.get(threshold), values.get(window), values.get(limit)));
    }

    static final Key<Timeouts, Duration> ATTEMPT =
            Key.optional("attempt", limit(), Timeouts::attempt, "The longest that one attempt of a shard may take.");
    static final Key<Timeouts, Duration> TOTAL = Key.optional(
            "total",
            limit(),
            Timeouts::total,
            "The longest that a shard of a run may take from the start of its first attempt to its end, retries included,"
                    + " under whatever owners.");
    static final Key<Timeouts, Duration> HEARTBEAT = Key.optional(
            "heartbeat", limit(), Timeouts::heartbeat, "The longest silence of code that reports progress.");
    static final Key<Timeouts, Duration> QUEUE =
            Key.optional("queue", limit(), Timeouts::queue, "placement queued: the longest wait for dispatch.");
    private static final Key<Timeouts, TimeoutAction> ACTION = Key.<Timeouts, TimeoutAction>optional(
                    "action",
                    Scalars.choice(TimeoutAction.class),
                    Timeouts::action,
                    "What happens then: the attempt is cancelled, or a warning is recorded.")
            .defaulting(Timeouts.NONE.action());
    private static final Key<Timeouts, Duration> CANCEL_GRACE = Key.<Timeouts, Duration>optional(
                    "cancel-grace",
                    Times.duration(Duration.ZERO, DAY),
                    Timeouts::cancelGrace,
                    "What code gets to end by itself after the cancel signal, and again after the interrupt; then it is"
                            + " abandoned.")
            .defaulting(Timeouts.NONE.cancelGrace());

    static final Form<Timeouts> TIMEOUTS = new Form<>(
            "timeouts",
            List.of(ATTEMPT, TOTAL, HEARTBEAT, QUEUE, ACTION, CANCEL_GRACE),
            values -> {
                refuseLonger(ATTEMPT, TOTAL, values);
                refuseLonger(HEARTBEAT, ATTEMPT, values);
            },
            values -> new Timeouts(
                    values.find(ATTEMPT),
                    values.find(TOTAL),
                    values.find(HEARTBEAT),
                    values.find(QUEUE),
                    values.get(ACTION),
                    values.get(CANCEL_GRACE)));

    private static Shape<Duration> limit() {
        return Times.duration(MILLISECOND, YEAR);
    }

    private static void refuseLonger(Key<Timeouts, Duration> inner, Key<Timeouts, Duration> outer, Values values) {
        Duration within = values.find(inner);
        Duration whole = values.find(outer);
        if (within != null && whole != null && within.compareTo(whole) > 0) {
            values.report(
                    Complaint.of("is longer than " + outer.name() + ", so it never passes")
                            .expecting("at most the " + outer.name() + " time-out"),
                    inner);
        }
    }
}
