package dev.belfry.console.up;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The journal, added up.
 *
 * @param outcomes final fires by outcome
 * @param reasons of those that the journal lists and that have a reason: how many, by outcome and reason
 * @param rerun fires that were run again because an attempt was cut short
 * @param lateness how late attempts started that were not run late on purpose, ascending
 * @param shardsMoved grants of shards that had an owner before
 * @param failing jobs with fires that failed or took too long, those with most of them first
 * @param extentOf what reasons, lateness and failing jobs are known of
 */
record Tally(
        Map<Outcome, Long> outcomes,
        Map<Outcome, Map<String, Long>> reasons,
        long rerun,
        List<Duration> lateness,
        long shardsMoved,
        List<Failing> failing,
        Extent extentOf) {
    /** A reason may be the text of an exception; more of it is in the journal. */
    private static final int REASON_LENGTH = 60;

    private static final int REASONS_TOLD = 3;
    /** Jobs named that have failed. */
    private static final int JOBS_TOLD = 5;

    /**
     * How much is listed: what has left the journal is counted by outcome alone.
     *
     * @param counted fires that are counted
     * @param since when the first was due that is listed; {@link Instant#MAX} if none is
     */
    record Extent(long counted, Instant since) {
        /** Everything is listed. */
        static final Extent ALL = new Extent(0, Instant.MAX);
    }

    /**
     * A job of which fires have failed, as the journal lists them.
     *
     * @param jobUid of the job
     * @param failed fires of its shards that failed or took too long
     * @param all fires of its shards that have an outcome
     * @param last why the last of them failed; may be empty
     * @param at when that was
     */
    record Failing(String jobUid, long failed, long all, String last, Instant at) {
        private Failing with(FireEntry fire) {
            boolean bad = fire.outcome() == Outcome.FAILED || fire.outcome() == Outcome.TIMED_OUT;
            boolean later = bad && !fire.ended().isBefore(at);
            return new Failing(
                    jobUid,
                    failed + (bad ? fire.count() : 0),
                    all + fire.count(),
                    later ? fire.reason() : last,
                    later ? fire.ended() : at);
        }
    }

    static Tally of(Journal journal) {
        Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        Map<Outcome, Map<String, Long>> reasons = new EnumMap<>(Outcome.class);
        List<Duration> lateness = new ArrayList<>();
        Map<String, Failing> jobs = new TreeMap<>();
        long rerun = 0;
        for (Journal.Line line : journal.fires()) {
            FireEntry fire = line.entry();
            if (fire.kind() != FireEntry.Kind.FINAL) {
                continue;
            }
            outcomes.merge(fire.outcome(), fire.count(), Long::sum);
            jobs.put(
                    fire.jobUid(),
                    jobs.getOrDefault(fire.jobUid(), new Failing(fire.jobUid(), 0, 0, "", Instant.EPOCH))
                            .with(fire));
            if (!fire.reason().isEmpty()) {
                reasons.computeIfAbsent(fire.outcome(), outcome -> new TreeMap<>())
                        .merge(fire.reason(), fire.count(), Long::sum);
            }
            if (fire.attempt() > 1) {
                rerun++;
            } else if (fire.attempt() == 1 && fire.reason().isEmpty()) {
                lateness.add(Duration.between(fire.fire().due(), fire.started()));
            }
        }
        long counted = 0;
        for (JournalCounts counts : journal.counts().values()) {
            counts.cells().forEach((cell, count) -> outcomes.merge(cell.outcome(), count, Long::sum));
            counted +=
                    counts.cells().values().stream().mapToLong(Long::longValue).sum();
        }
        Instant since = journal.fires().stream()
                .map(line -> line.entry().fire().due())
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
        Collections.sort(lateness);
        List<Failing> failing = jobs.values().stream()
                .filter(job -> job.failed() > 0)
                .sorted(Comparator.comparing(Failing::failed).reversed())
                .toList();
        return new Tally(outcomes, reasons, rerun, lateness, moved(journal), failing, new Extent(counted, since));
    }

    private static long moved(Journal journal) {
        Map<String, String> owners = new HashMap<>();
        long[] moved = {0};
        journal.table()
                .forEach(entry -> entry.changes().forEach(line -> {
                    if (line.kind().equals("grant")) {
                        String shard = line.jobUid() + '.' + line.layout() + '/' + line.shard();
                        String before = owners.put(shard, line.owner());
                        if (before != null && !before.equals(line.owner())) {
                            moved[0]++;
                        }
                    }
                }));
        return moved[0];
    }

    long fires() {
        return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The lateness that {@code part} of the fires do not exceed; zero without fires. */
    Duration quantile(double part) {
        return lateness.isEmpty()
                ? Duration.ZERO
                : lateness.get((int) Math.min(lateness.size() - 1L, Math.round(part * (lateness.size() - 1))));
    }

    /** {@code 123 succeeded, 2 missed}. */
    String text() {
        if (outcomes.isEmpty()) {
            return "none yet";
        }
        List<String> parts = new ArrayList<>();
        outcomes.forEach((outcome, count) -> parts.add(count + " " + outcome.text()));
        return String.join(", ", parts);
    }

    /** What the rest of the summary is of, where that is not everything. */
    Optional<String> extent() {
        if (extentOf.counted() == 0) {
            return Optional.empty();
        }
        return Optional.of(
                extentOf.since().equals(Instant.MAX)
                        ? "no fire is listed any more, so that lateness and reasons are not known"
                        : "lateness, reasons and moves are of what was due since "
                                + extentOf.since().truncatedTo(ChronoUnit.SECONDS) + "; " + extentOf.counted()
                                + " fires of before are counted and not listed");
    }

    /** The same without those that succeeded; empty if all did. */
    String unwell() {
        List<String> parts = new ArrayList<>();
        outcomes.forEach((outcome, count) -> {
            if (outcome != Outcome.SUCCEEDED) {
                parts.add(count + " " + outcome.text());
            }
        });
        return String.join(", ", parts);
    }

    /** {@code of the missed: 4 coalesced, 1 window}, a line for each outcome of which a reason is known. */
    List<String> reasonLines() {
        List<String> lines = new ArrayList<>();
        reasons.forEach((outcome, counts) -> lines.add("of the " + outcome.text() + ": " + told(counts)));
        return lines;
    }

    private static String told(Map<String, Long> counts) {
        // Failures that begin alike are told as one: what follows, such as an output with its times, is of one run.
        Map<String, Long> alike = new TreeMap<>();
        counts.forEach((reason, count) -> alike.merge(brief(reason), count, Long::sum));
        List<String> parts = new ArrayList<>();
        alike.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(REASONS_TOLD)
                .forEach(entry -> parts.add(entry.getValue() + " " + entry.getKey()));
        if (alike.size() > REASONS_TOLD) {
            parts.add((alike.size() - REASONS_TOLD) + " more reasons");
        }
        return String.join(", ", parts);
    }

    /**
     * {@code job 'index': 3 of 12 fires failed, the last with: exit code 1}, a line for each of the first few jobs.
     *
     * @param names of jobs by their uids
     */
    List<String> failingLines(UnaryOperator<String> names) {
        List<String> lines = new ArrayList<>();
        for (Failing job : failing.subList(0, Math.min(JOBS_TOLD, failing.size()))) {
            String share = job.failed() == job.all()
                    ? (job.all() == 1 ? "its only fire" : "all " + job.all() + " fires")
                    : job.failed() + " of " + job.all() + " fires";
            lines.add("job '" + names.apply(job.jobUid()) + "': " + share + " failed"
                    + (job.last().isEmpty() ? "" : ", the last with: " + brief(job.last())));
        }
        if (failing.size() > JOBS_TOLD) {
            lines.add((failing.size() - JOBS_TOLD) + " more jobs with fires that failed; see 'belfry get runs'");
        }
        return lines;
    }

    /** {@code ; 3 begun again after their agent was lost}; nothing if there are none. */
    String rerunText() {
        return rerun == 0 ? "" : "; " + rerun + " begun again after an attempt was cut short";
    }

    private static String brief(String reason) {
        if (reason.equals(Reasons.OUTCOME_UNKNOWN)) {
            return "that a lost agent may have run without a trace (" + reason + ")";
        }
        String line = reason.lines().findFirst().orElse("");
        return line.length() <= REASON_LENGTH ? line : line.substring(0, REASON_LENGTH) + "...";
    }
}
