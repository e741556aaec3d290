package dev.belfry.console.cli;

import dev.belfry.agent.client.Journal;
import dev.belfry.console.query.Run;
import dev.belfry.console.query.Snapshot;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The runs that the journal lists, one a row, newest first. */
final class RunList {
    private static final int AGENTS = 3;

    private RunList() {}

    /**
     * @param job only this one's; null for all
     * @param limit at most so many
     */
    static Listing of(Journal journal, Snapshot snapshot, @Nullable String job, int limit) {
        Listing list = new Listing(
                new TextTable("JOB", "DUE", "OUTCOME", ">SHARDS", ">ATTEMPTS", "STARTED", "TOOK", "AGENTS", "RUN"));
        Run.of(journal).stream()
                .filter(run -> job == null || job.equals(snapshot.nameOf(run.jobUid())))
                .limit(limit)
                .forEach(run -> {
                    String name = snapshot.nameOf(run.jobUid());
                    list.table()
                            .row(
                                    name,
                                    Times.instant(run.fire().due())
                                            + (run.count() > 1 ? " and " + (run.count() - 1) + " more" : ""),
                                    run.state(),
                                    run.shards().size(),
                                    run.attempts(),
                                    run.started()
                                            .map(at -> Times.past(at, snapshot.now()))
                                            .orElse("-"),
                                    took(run, snapshot.now()),
                                    agents(run),
                                    run.id());
                    list.tree().add(RunDescription.tree(run, name));
                });
        return list;
    }

    private static String took(Run run, Instant now) {
        return run.took()
                .map(Times::length)
                .or(() -> run.started()
                        .map(at -> Times.length(Duration.between(at.isAfter(now) ? now : at, now)) + " so far"))
                .orElse("-");
    }

    private static String agents(Run run) {
        var agents = run.agents();
        return agents.size() <= AGENTS ? String.join(",", agents) : agents.size() + " agents";
    }
}
