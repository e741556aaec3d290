package dev.belfry.agent.exec;

import dev.belfry.core.queue.HandedPage;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.Split;
import dev.belfry.core.workflow.SubTask;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts that one attempt has handed in: what is wrong about them is said to the code that hands them in. Thread-safe. */
final class HandedIn {
    private final Map<String, Map<String, String>> known = new HashMap<>();
    private @Nullable FailurePolicy policy;
    private int pages;

    /**
     * Takes them up.
     *
     * @throws IllegalArgumentException if they cannot be handed in; none of them is then
     */
    synchronized void add(String run, List<SubTask> tasks, FailurePolicy rule) {
        if (policy != null && !policy.equals(rule)) {
            throw new IllegalArgumentException("run " + run + " has handed in parts with another policy");
        }
        Map<String, Map<String, String>> fresh = new HashMap<>();
        for (SubTask task : tasks) {
            Map<String, String> before = known.getOrDefault(task.name(), fresh.get(task.name()));
            if (before != null && !before.equals(task.parameters())) {
                throw new IllegalArgumentException(
                        "the part " + task.name() + " of run " + run + " was handed in before with other parameters");
            }
            if (HandedPage.bytes(task) > HandedPage.MOST_TASK_BYTES) {
                throw new IllegalArgumentException("the part " + task.name() + " of run " + run + " has more than "
                        + HandedPage.MOST_TASK_BYTES + " bytes: store the data elsewhere and give a reference to it");
            }
            fresh.put(task.name(), task.parameters());
        }
        int more = HandedPage.pages(tasks, rule).size();
        fresh.keySet().removeAll(known.keySet());
        if (known.size() + fresh.size() > Split.MOST_TASKS || pages + more > HandedPage.MOST_PAGES) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "run %s hands in more than %,d parts, or more than %d times 48 KiB of them: nest them, or hand in many at"
                            + " a time",
                    run,
                    Split.MOST_TASKS,
                    HandedPage.MOST_PAGES));
        }
        known.putAll(fresh);
        pages += more;
        policy = rule;
    }
}
