package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.cost.Assumptions;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.cost.BudgetCheck;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Commit.Reason;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Reads and writes the budget of a namespace, and holds definitions against it.
 *
 * <p>What is in force is read before definitions are written, and nothing is locked in between: two who apply at once may
 * together exceed the budget by as much as the smaller of what they add. The next one finds it exceeded.
 *
 * <p>Not thread-safe; owned by the client's loop. One per question.
 */
final class BudgetDesk {
    private final Requests requests;
    private final Deadline deadline;

    BudgetDesk(Requests requests, Deadline deadline) {
        this.requests = requests;
        this.deadline = deadline;
    }

    /** The budget; {@link Budget#NONE} if there is none. Fails with {@link CorruptRecordException}. */
    CompletableFuture<Budget> read() {
        return requests.sync("budget-sync", deadline)
                .thenCompose(synced -> requests.read("budget-read", Paths.BUDGET, deadline))
                .thenApply(found -> found.map(BudgetDesk::decode).orElse(Budget.NONE));
    }

    private static Budget decode(Znode znode) {
        return Budget.decode(znode.path(), znode.data());
    }

    // --- writing

    /** Makes {@code budget} the one of the namespace, whatever was there; {@link Budget#NONE} removes it. */
    CompletableFuture<Boolean> write(Budget budget) {
        return requests.sync("budget-sync", deadline)
                .thenCompose(synced -> requests.read("budget-read", Paths.BUDGET, deadline))
                .thenCompose(found -> write(budget, found));
    }

    private CompletableFuture<Boolean> write(Budget budget, Optional<Znode> found) {
        byte[] data = budget.encode();
        if (budget.isNone()
                ? found.isEmpty()
                : found.isPresent() && Arrays.equals(data, found.get().data())) {
            return CompletableFuture.completedFuture(true);
        }
        Transaction.Builder transaction = Transaction.at("budget-write");
        if (found.isEmpty()) {
            transaction.create(Paths.BUDGET, data);
        } else if (budget.isNone()) {
            transaction.delete(Paths.BUDGET, found.get().version());
        } else {
            transaction.put(Paths.BUDGET, data, found.get().version());
        }
        return requests.commit(transaction.build(), deadline).thenCompose(answer -> {
            if (answer instanceof Commit.Applied) {
                return CompletableFuture.completedFuture(true);
            }
            if (deadline.passed(requests.loop().nanoTime())) {
                return CompletableFuture.failedFuture(new ClientException(
                        answer instanceof Commit.Indeterminate ? Kind.INDETERMINATE : Kind.UNAVAILABLE,
                        "the budget could not be written in time: " + answer));
            }
            if (answer instanceof Commit.Conflict conflict && conflict.reason() == Reason.MISSING && found.isEmpty()) {
                return LedgerParents.skeleton(requests, deadline).thenCompose(made -> write(budget));
            }
            // Written by somebody else meanwhile, or of unknown result: what is there now says which.
            return requests.settled("budget-settle", deadline).thenCompose(settled -> write(budget));
        });
    }

    // --- judging

    /** Which of {@code wanted} would break the budget, all of them taken together. */
    CompletableFuture<BudgetVerdict> judge(List<JobDefinition> wanted) {
        return requests.sync("budget-sync", deadline)
                .thenCompose(synced -> requests.read("budget-read", Paths.BUDGET, deadline))
                .thenCompose(found -> {
                    if (found.isEmpty()) {
                        return CompletableFuture.completedFuture(BudgetVerdict.FREE);
                    }
                    try {
                        return judge(decode(found.get()), wanted);
                    } catch (CorruptRecordException e) {
                        return CompletableFuture.completedFuture(new BudgetVerdict(
                                Map.of(), List.of(e.getMessage() + " No definition is refused meanwhile.")));
                    }
                });
    }

    private CompletableFuture<BudgetVerdict> judge(Budget budget, List<JobDefinition> wanted) {
        Reader reader = new Reader(requests, deadline);
        return reader.jobs()
                .thenCompose(jobs -> reader.agents().thenApply(agents -> {
                    List<String> problems = new ArrayList<>(jobs.problems());
                    problems.addAll(agents.problems());
                    List<JobDefinition> present = jobs.found().stream()
                            .filter(job -> !job.record().deleted())
                            .map(job -> job.record().definition())
                            .toList();
                    BudgetCheck check = new BudgetCheck(
                            budget,
                            present,
                            assumptions(agents.found(), requests.loop().now()));
                    return new BudgetVerdict(check.refusals(wanted), problems);
                }));
    }

    /** What the model reckons with in a cluster of these agents. */
    static Assumptions assumptions(List<AgentState> agents, Instant now) {
        List<AgentFacts> taking = agents.stream()
                .map(AgentState::facts)
                .filter(facts -> !facts.standby())
                .toList();
        Assumptions usual = Assumptions.of(taking.size(), now);
        return taking.stream()
                .max(Comparator.comparingInt(facts -> facts.incarnation().name().length()))
                .map(facts -> usual.withAgentsLike(facts.incarnation().name(), facts.sessionTimeout()))
                .orElse(usual);
    }
}
