package dev.belfry.agent;

import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.BudgetVerdict;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.loop.Loop;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.version.Author;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the jobs that a service declares in its code, once there is a connection and again when the namespace is new, and
 * tries those again, as long as it takes, for which ZooKeeper does not answer. What is refused is logged and stays as it is.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class DeclaredJobs {
    private static final Logger LOG = LoggerFactory.getLogger(DeclaredJobs.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Loop loop;
    private final ClientLoop client;
    private final List<JobDefinition> jobs;
    private final Author author;
    private boolean applying;
    private boolean again;

    DeclaredJobs(Loop loop, ClientLoop client, List<JobDefinition> jobs, String agent) {
        this.loop = loop;
        this.client = client;
        this.jobs = jobs;
        this.author = new Author(Author.Origin.CODE, agent, "");
    }

    /** Applies all of them; if they are being applied, from the beginning once that is done. */
    void start() {
        if (applying) {
            again = true;
        } else {
            applying = true;
            judge();
        }
    }

    /** Finds out which of them would break the budget of the namespace, and applies the others. */
    private void judge() {
        var unused =
                client.judge(jobs, PATIENCE).whenComplete((said, failed) -> loop.execute(() -> judged(said, failed)));
    }

    private void judged(@Nullable BudgetVerdict said, @Nullable Throwable failed) {
        if (failed instanceof ClientException e && e.kind() != ClientException.Kind.REJECTED) {
            LOG.warn("declared jobs not applied yet; {}; trying again", e.getMessage());
            loop.after(PAUSE_NANOS, this::judge);
            return;
        }
        // Whoever may not read the budget may not read what it is about either: applying says so job by job.
        BudgetVerdict verdict = said == null ? BudgetVerdict.FREE : said;
        verdict.problems().forEach(problem -> LOG.warn("costs of declared jobs cannot be told: {}", problem));
        verdict.refused().forEach((job, why) -> LOG.warn("declared job not applied: job={}; {}", job, why));
        List<JobDefinition> allowed = verdict.allowed(jobs);
        if (allowed.isEmpty()) {
            over();
        } else {
            new Round(allowed).begin();
        }
    }

    private void over() {
        applying = again;
        if (again) {
            again = false;
            judge();
        }
    }

    /** Some of them, applied together. */
    private final class Round {
        private final List<JobDefinition> some;
        private final List<JobDefinition> unanswered = new ArrayList<>();
        private String why = "";
        private int left;
        private int created;
        private int changed;
        private int unchanged;

        Round(List<JobDefinition> some) {
            this.some = some;
            this.left = some.size();
        }

        void begin() {
            List<CompletableFuture<Applied>> answers = client.apply(some, author, PATIENCE);
            for (int i = 0; i < some.size(); i++) {
                JobDefinition job = some.get(i);
                var unused = answers.get(i)
                        .whenComplete((applied, failed) -> loop.execute(() -> answered(job, applied, failed)));
            }
        }

        private void answered(JobDefinition job, @Nullable Applied applied, @Nullable Throwable failed) {
            if (failed instanceof ClientException e && e.kind() != ClientException.Kind.REJECTED) {
                unanswered.add(job);
                why = String.valueOf(e.getMessage());
            } else if (failed != null) {
                LOG.error("declared job not applied: job={}; {}", job.name(), String.valueOf(failed.getMessage()));
            } else if (applied instanceof Applied.Refused refused) {
                LOG.warn("declared job not applied: job={}; {}", job.name(), refused.why());
            } else if (applied instanceof Applied.Changed) {
                changed++;
                LOG.info("declared job applied: {}", applied);
            } else if (applied instanceof Applied.Created) {
                created++;
                LOG.debug("declared job applied: {}", applied);
            } else {
                unchanged++;
            }
            if (--left == 0) {
                end();
            }
        }

        private void end() {
            if (created + changed > 0) {
                LOG.info(
                        "declared jobs applied: agent={} created={} changed={} unchanged={} of {}",
                        author.name(),
                        created,
                        changed,
                        unchanged,
                        some.size());
            }
            if (unanswered.isEmpty()) {
                over();
                return;
            }
            LOG.warn(
                    "declared jobs not applied yet: jobs={} first={}; {}; trying again",
                    unanswered.size(),
                    unanswered.get(0).name(),
                    why);
            loop.after(PAUSE_NANOS, () -> new Round(List.copyOf(unanswered)).begin());
        }
    }
}
