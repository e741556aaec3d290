package dev.belfry.agent.client;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.workflow.WorkflowChecks;
import dev.belfry.core.workflow.WorkflowGraph;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Reads workflow runs, and holds definitions against the workflows of which they are part.
 *
 * <p>What is there is read before definitions are written, and nothing is locked in between: two who apply at once may together make
 * a workflow that cannot begin. The master says so.
 *
 * <p>Not thread-safe; owned by the client's loop. One per question.
 */
final class WorkflowDesk {
    /** From so many definitions on everything is read at once: a listing is cheaper than to ask for each. */
    private static final int MANY = 50;

    private final Requests requests;
    private final Deadline deadline;

    WorkflowDesk(Requests requests, Deadline deadline) {
        this.requests = requests;
        this.deadline = deadline;
    }

    // --- judging

    /** Which of {@code wanted} must not be written because of a workflow, and why. */
    CompletableFuture<Map<String, String>> refusals(List<JobDefinition> wanted) {
        if (wanted.size() > MANY) {
            return judge(wanted);
        }
        List<String> paths =
                wanted.stream().map(job -> Paths.job(job.name())).distinct().toList();
        // A server that is behind may hide that somebody has just made it concern a workflow, as a moment later would,
        // too.
        return requests.readAll("flows-read", paths, deadline)
                .thenCompose(found ->
                        concerns(wanted, known(found)) ? judge(wanted) : CompletableFuture.completedFuture(Map.of()));
    }

    private static Map<String, JobDefinition> known(List<Znode> found) {
        Map<String, JobDefinition> known = new HashMap<>();
        found.forEach(znode -> definition(znode).ifPresent(job -> known.put(job.name(), job)));
        return known;
    }

    /** The definition in force; empty of a job that is deleted, or that cannot be read: writing refuses that one. */
    private static Optional<JobDefinition> definition(Znode znode) {
        try {
            JobRecord job = JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
            return job.deleted() ? Optional.empty() : Optional.of(job.definition());
        } catch (CorruptRecordException e) {
            return Optional.empty();
        }
    }

    /** Whether any of them could make a difference to a workflow; most definitions cannot, and need no others to be read. */
    private static boolean concerns(List<JobDefinition> wanted, Map<String, JobDefinition> known) {
        return wanted.stream().anyMatch(job -> {
            JobDefinition before = known.get(job.name());
            if (before == null) {
                return !job.upstreams().after().isEmpty();
            }
            boolean part = !before.upstreams().after().isEmpty()
                    || !job.upstreams().after().isEmpty();
            return part ? !job.equals(before) : !alike(job, before);
        });
    }

    /** Whether a job without upstreams is the same to those that may run after it. */
    private static boolean alike(JobDefinition job, JobDefinition before) {
        return job.placement() == before.placement()
                && job.strategy() == before.strategy()
                && job.shards().count() == before.shards().count()
                && job.schedule().equals(before.schedule());
    }

    private CompletableFuture<Map<String, String>> judge(List<JobDefinition> wanted) {
        return requests.sync("flows-sync", deadline)
                .thenCompose(synced -> present())
                .thenApply(present -> WorkflowChecks.refusals(wanted, present));
    }

    private CompletableFuture<List<JobDefinition>> present() {
        return new Reader(requests, deadline)
                .jobs()
                .thenApply(jobs -> jobs.found().stream()
                        .filter(job -> !job.record().deleted())
                        .map(job -> job.record().definition())
                        .toList());
    }

    /** The names of the jobs that run directly after a job. */
    CompletableFuture<List<String>> followers(String job) {
        return requests.sync("flows-sync", deadline)
                .thenCompose(synced -> present())
                .thenApply(present -> WorkflowGraph.of(present).followers(job));
    }

    // --- runs

    /** One run; empty if there is none. Fails with {@link CorruptRecordException}. */
    CompletableFuture<Optional<WorkflowRunState>> run(String id) {
        return requests.sync("flows-sync", deadline)
                .thenCompose(synced -> requests.read("flows-run", Paths.workflow(id), deadline))
                .thenApply(found -> found.map(WorkflowDesk::state));
    }

    /** All runs that are kept, by id; those that cannot be read are named. */
    CompletableFuture<Readings<WorkflowRunState>> runs() {
        return requests.sync("flows-sync", deadline)
                .thenCompose(synced -> requests.children("flows-list", Paths.WORKFLOWS, deadline))
                .thenCompose(names -> requests.readAll(
                        "flows-run",
                        names.stream().sorted().map(Paths::workflow).toList(),
                        deadline))
                .thenApply(WorkflowDesk::readings);
    }

    private static Readings<WorkflowRunState> readings(List<Znode> found) {
        List<WorkflowRunState> runs = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Znode znode : found) {
            try {
                runs.add(state(znode));
            } catch (CorruptRecordException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return new Readings<>(runs, problems);
    }

    private static WorkflowRunState state(Znode znode) {
        return new WorkflowRunState(
                WorkflowRunCodec.decode(znode.path(), znode.data()), znode.created(), znode.modified());
    }
}
