package dev.belfry.console.command;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.BelfryClient.Asker;
import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.QueueRules;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.version.Author;
import dev.belfry.core.workflow.WorkflowGraph;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Applies what a file declares, and deletes what it does not declare any more. */
public final class Applying {
    private final BelfryClient client;
    private final Asker asker;

    public Applying(BelfryClient client, Asker asker) {
        this.client = client;
        this.asker = asker;
    }

    /** Applies definitions and says what became of each; see {@link BelfryClient#apply(List, Author, Consumer)}. */
    public List<Applied> apply(List<JobDefinition> definitions, Consumer<Applied> told) {
        return client.apply(definitions, new Author(Author.Origin.OPERATOR, asker.by(), asker.reason()), told);
    }

    /** Declares queues and pools, in the place of those of the same names; others stay as they are. */
    public DeclaredRules declare(Map<String, QueueRules> queues, Map<String, Integer> pools) {
        return client.changeQueueRules(rules -> rules.with(queues, pools, asker.by()));
    }

    /** The jobs that this asker has applied and that {@code kept} does not name: what a prune deletes. */
    public List<String> prunable(List<JobDefinition> kept) {
        Set<String> names = kept.stream().map(JobDefinition::name).collect(Collectors.toSet());
        return client.jobs().found().stream()
                .filter(job -> !job.record().deleted() && !names.contains(job.name()))
                .filter(this::isOwn)
                .map(JobState::name)
                .sorted()
                .toList();
    }

    /**
     * Why some jobs cannot be deleted once others are applied: who would still run after them.
     *
     * @param deleted their names
     * @param wanted the definitions that are applied
     * @return the names of those that run after it, by job; only jobs that cannot be deleted
     */
    public Map<String, List<String>> held(Collection<String> deleted, List<JobDefinition> wanted) {
        Map<String, List<String>> held = new TreeMap<>();
        WorkflowGraph graph = WorkflowGraph.of(after(wanted));
        for (String job : deleted) {
            List<String> followers = graph.followers(job).stream()
                    .filter(follower -> !deleted.contains(follower))
                    .toList();
            if (!followers.isEmpty()) {
                held.put(job, followers);
            }
        }
        return held;
    }

    private Collection<JobDefinition> after(List<JobDefinition> wanted) {
        Map<String, JobDefinition> all = new TreeMap<>();
        client.jobs().found().stream()
                .map(JobState::record)
                .filter(record -> !record.deleted())
                .forEach(record -> all.put(record.name(), record.definition()));
        wanted.forEach(job -> all.put(job.name(), job));
        return all.values();
    }

    /** The same jobs in an order in which they can be deleted: those that run after others before these. */
    public List<String> followersFirst(Collection<String> deleted) {
        List<String> order = new ArrayList<>();
        WorkflowGraph graph = WorkflowGraph.of(after(List.of()));
        Set<String> left = new TreeSet<>(deleted);
        while (!left.isEmpty()) {
            // What is in a cycle, which nobody could have applied, goes in any order.
            String next = left.stream()
                    .filter(job -> graph.followers(job).stream().noneMatch(left::contains))
                    .findFirst()
                    .orElse(left.iterator().next());
            left.remove(next);
            order.add(next);
        }
        return order;
    }

    private boolean isOwn(JobState job) {
        Author author = ClientLoop.declaration(job.record()).author();
        return author.origin() == Author.Origin.OPERATOR && author.name().equals(asker.by());
    }

    /** Deletes one job. */
    public Command delete(String job) {
        return client.delete(job, asker);
    }
}
