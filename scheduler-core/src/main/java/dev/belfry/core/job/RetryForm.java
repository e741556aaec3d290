package dev.belfry.core.job;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of retry. */
final class RetryForm {

    private static final Pattern TYPE =
            Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]{0,127}(\\.[A-Za-z_$][A-Za-z0-9_$]{0,127}){0,15}");

    private RetryForm() {}

    private static final Key<Retry, Integer> ATTEMPTS = Key.required(
            "attempts",
            Scalars.whole(1, 100),
            Retry::attempts,
            "The most attempts of a shard in a run that may fail, the first included, whoever owns the shard; 1 means no"
                    + " retry, as without this section. Attempts cut short by the loss of their agent or its lease do not"
                    + " count.");
    private static final Key<Retry, Duration> INITIAL = Key.<Retry, Duration>optional(
                    "initial",
                    Times.duration(Duration.ZERO, Duration.ofDays(7)),
                    Retry::initial,
                    "The wait after the first attempt.")
            .defaulting(Retry.NONE.initial());
    private static final Key<Retry, Double> MULTIPLIER = Key.<Retry, Double>optional(
                    "multiplier",
                    Scalars.real(1, 100),
                    Retry::multiplier,
                    "By how much each wait is longer than the last.")
            .defaulting(Retry.NONE.multiplier());
    private static final Key<Retry, Duration> MAX = Key.<Retry, Duration>optional(
                    "max", Times.duration(Duration.ZERO, Duration.ofDays(7)), Retry::max, "The longest wait.")
            .defaulting(Retry.NONE.max());
    private static final Key<Retry, Double> JITTER = Key.<Retry, Double>optional(
                    "jitter",
                    Scalars.real(0, 1),
                    Retry::jitter,
                    "By which part of itself a wait is moved at random, up or down.")
            .defaulting(Retry.NONE.jitter());
    private static final Key<Retry, List<String>> NOT_ON = Key.<Retry, List<String>>optional(
                    "not-on",
                    ListShape.of(
                            Scalars.word("the name of an exception class", TYPE), "a list of exception classes", 32),
                    Retry::notOn,
                    "Exceptions after which there is no retry, by simple or full name, subclasses included.")
            .defaulting(List.of());

    static final Key<Retry, Integer> LOST = Key.<Retry, Integer>optional(
                    "lost",
                    Scalars.whole(0, 1_000),
                    Retry::lost,
                    "placement queued: how often an attempt that was lost with its agent is repeated.")
            .defaulting(Retry.USUAL_LOST);

    static final Form<Retry> FORM = new Form<>(
            "retry",
            List.of(ATTEMPTS, INITIAL, MULTIPLIER, MAX, JITTER, NOT_ON, LOST),
            RetryForm::check,
            values -> new Retry(
                    values.get(ATTEMPTS),
                    values.get(INITIAL),
                    values.get(MULTIPLIER),
                    values.get(MAX),
                    values.get(JITTER),
                    values.get(NOT_ON),
                    values.get(LOST)));

    private static void check(Values values) {
        if (values.sound(INITIAL, MAX) && values.get(MAX).compareTo(values.get(INITIAL)) < 0) {
            values.report(
                    Complaint.of("the longest wait is shorter than the first").expecting("at least initial"),
                    values.has(MAX) ? MAX : INITIAL);
        }
    }
}
