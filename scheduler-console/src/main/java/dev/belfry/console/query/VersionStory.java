package dev.belfry.console.query;

import dev.belfry.core.job.DefinitionDiff;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which version of a job was in force, which is to come, and whether anything is due under it. Pure functions. */
final class VersionStory {
    private static final int FIELDS = 3;

    private VersionStory() {}

    /** The version in force at the instant asked for, and what silences it. */
    static List<String> then(Case facts) {
        JobVersion version = facts.job().at(facts.at());
        List<String> told = new ArrayList<>();
        String until = facts.isPast()
                ? following(facts.job(), version)
                        .filter(next -> !next.from().isAfter(facts.now()))
                        .map(next -> " until " + next.from())
                        .orElse("")
                : "";
        told.add("Version " + version.number() + ", in force from " + version.from() + until + ", by " + by(version)
                + ": " + JobText.triggers(version.definition()) + ".");
        if (isDeleted(facts)) {
            told.add("The job was deleted with effect from "
                    + facts.job().deletedAt().orElseThrow() + ": nothing is due after that.");
        } else if (facts.isPast()) {
            mode(version).ifPresent(mode -> told.add("It was " + mode + " then: nothing was due under that version."));
        } else if (version.paused()) {
            told.add("It is paused: nothing is due until 'belfry resume "
                    + facts.job().name() + "'." + unpaused(facts, version));
        } else if (!version.definition().enabled()) {
            told.add("It is not enabled: nothing is due until a definition with 'enabled: true' is applied."
                    + unpaused(facts, version));
        }
        return told;
    }

    /** Whether nothing is due at the instant asked for. */
    static boolean isSilent(Case facts) {
        return isDeleted(facts) || mode(facts.job().at(facts.at())).isPresent();
    }

    private static boolean isDeleted(Case facts) {
        return facts.job().deletedAt().filter(at -> !at.isAfter(facts.at())).isPresent();
    }

    private static Optional<String> mode(JobVersion version) {
        return version.paused()
                ? Optional.of("paused")
                : version.definition().enabled() ? Optional.empty() : Optional.of("not enabled");
    }

    private static String unpaused(Case facts, JobVersion version) {
        return version.definition()
                .schedule()
                .next(facts.at())
                .map(next -> " Else it would be due next at " + next + ".")
                .orElse("");
    }

    private static String by(JobVersion version) {
        String reason = version.author().reason();
        return version.author().name() + (reason.isEmpty() ? "" : " (" + reason + ")");
    }

    private static Optional<JobVersion> following(JobRecord job, JobVersion version) {
        return job.versions().stream()
                .filter(other -> other.number() > version.number())
                .findFirst();
    }

    /** Versions that are written and not in force yet, and a deletion. */
    static List<String> coming(Case facts) {
        List<String> told = new ArrayList<>();
        List<JobVersion> versions = facts.job().versions();
        for (int i = 1; i < versions.size(); i++) {
            JobVersion version = versions.get(i);
            if (version.from().isAfter(facts.now())) {
                told.add("Version " + version.number() + ", written at " + version.changed() + " by " + by(version)
                        + ", comes into force at " + version.from() + in(facts, version.from()) + ": "
                        + change(versions.get(i - 1), version) + ".");
            }
        }
        facts.job()
                .deletedAt()
                .filter(at -> at.isAfter(facts.now()))
                .ifPresent(at -> told.add("The job is being deleted; that comes into force at " + at + in(facts, at)
                        + ": nothing is due from then on, and until then it is due as before."));
        return told;
    }

    private static String in(Case facts, Instant at) {
        long millis = Duration.between(facts.now(), at).toMillis();
        return " (in " + (millis + 999) / 1_000 + " s)";
    }

    /** What a version changes, in few words. */
    static String change(JobVersion before, JobVersion after) {
        List<String> parts = new ArrayList<>();
        if (before.paused() != after.paused()) {
            parts.add(after.paused() ? "paused, so that nothing is due under it" : "resumed");
        }
        if (before.definition().enabled() && !after.definition().enabled()) {
            parts.add("not enabled, so that nothing is due under it");
        }
        List<String> fields = DefinitionDiff.between(before.definition(), after.definition()).stream()
                .filter(field ->
                        !field.path().equals("enabled") || !before.definition().enabled())
                .map(field -> field.path() + " " + field.before() + " -> " + field.after())
                .toList();
        if (!fields.isEmpty()) {
            parts.add(fields.stream().limit(FIELDS).collect(Collectors.joining(", "))
                    + (fields.size() > FIELDS ? " and " + (fields.size() - FIELDS) + " more" : ""));
        }
        return parts.isEmpty() ? "the same definition, of another author" : String.join("; ", parts);
    }

    /** Of an instant of the past: what has changed since. */
    static List<String> since(Case facts) {
        List<String> told = new ArrayList<>();
        JobVersion present = facts.job().at(facts.now());
        Optional<Instant> deleted = facts.job().deletedAt();
        if (deleted.isPresent() && !deleted.get().isAfter(facts.now())) {
            if (deleted.get().isAfter(facts.at())) {
                told.add("At present the job is deleted, with effect from " + deleted.get() + ".");
            }
        } else if (present.number() != facts.job().at(facts.at()).number()) {
            told.add("At present version " + present.number() + " is in force, since " + present.from() + ", by "
                    + by(present)
                    + mode(present)
                            .map(mode -> ": it is " + mode + ", and nothing is due")
                            .orElse("") + ".");
        }
        return told;
    }
}
