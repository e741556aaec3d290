package dev.belfry.agent;

import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.BudgetVerdict;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.loop.Loop;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.version.Author;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the jobs that a service declares in its code, one after the other, once there is a connection and again when the
 * namespace is new, and tries again as long as ZooKeeper does not answer. What is refused is logged and stays as it is.
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
    private BudgetVerdict verdict = BudgetVerdict.FREE;
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
        var unused = client.judge(jobs, PATIENCE).whenComplete((said, failed) -> {
            if (failed instanceof ClientException e && e.kind() != ClientException.Kind.REJECTED) {
                LOG.warn("declared jobs not applied yet; {}; trying again", e.getMessage());
                loop.after(PAUSE_NANOS, this::judge);
                return;
            }
            // Whoever may not read the budget may not read what it is about either: applying says so job by job.
            verdict = failed == null ? said : BudgetVerdict.FREE;
            verdict.problems().forEach(problem -> LOG.warn("costs of declared jobs cannot be told: {}", problem));
            apply(0);
        });
    }

    private void apply(int index) {
        if (index == jobs.size()) {
            applying = again;
            if (again) {
                again = false;
                judge();
            }
            return;
        }
        String overBudget = verdict.refused().get(jobs.get(index).name());
        if (overBudget != null) {
            loop.execute(
                    () -> answered(index, new Applied.Refused(jobs.get(index).name(), overBudget), null));
            return;
        }
        var unused = client.apply(jobs.get(index), author, PATIENCE)
                .whenComplete((applied, failed) -> answered(index, applied, failed));
    }

    private void answered(int index, @Nullable Applied applied, @Nullable Throwable failed) {
        String job = jobs.get(index).name();
        if (failed instanceof ClientException e && e.kind() != ClientException.Kind.REJECTED) {
            LOG.warn("declared job not applied yet: job={}; {}; trying again", job, e.getMessage());
            loop.after(PAUSE_NANOS, () -> apply(index));
            return;
        }
        if (failed != null) {
            LOG.error("declared job not applied: job={}; {}", job, String.valueOf(failed.getMessage()));
        } else if (applied instanceof Applied.Refused refused) {
            LOG.warn("declared job not applied: job={}; {}", job, refused.why());
        } else if (applied instanceof Applied.Created || applied instanceof Applied.Changed) {
            LOG.info("declared job applied: {}", applied);
        }
        apply(index + 1);
    }
}
