package dev.belfry.console.cli;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.job.NearestKey;
import java.util.Collection;
import java.util.List;

/** Answers for what is not there, with the name that was perhaps meant. */
final class Absent {
    private static final int SHOWN = 8;

    private Absent() {}

    /**
     * Nothing can be said of a namespace that does not exist.
     *
     * @param existing those that do, few of which are named
     */
    static NoException namespace(String name, String hosts, List<String> existing) {
        String known = existing.isEmpty()
                ? "; there is none yet"
                : ", existing: " + String.join(", ", existing.subList(0, Math.min(SHOWN, existing.size())))
                        + (existing.size() > SHOWN ? " and " + (existing.size() - SHOWN) + " more" : "");
        return new NoException("namespace '" + name + "' does not exist on " + hosts + known
                + NearestKey.to(name, existing)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("; --namespace names another"));
    }

    /** Why a job cannot be shown: it cannot be read, or there is none. */
    static NoException job(String name, Snapshot snapshot) {
        return snapshot.problem(name).map(NoException::new).orElseGet(() -> job(name, snapshot.jobs()));
    }

    static NoException job(String name, Collection<JobState> jobs) {
        List<String> names = jobs.stream()
                .filter(job -> !job.record().deleted())
                .map(JobState::name)
                .toList();
        return new NoException("no job '" + name + "'" + hint(name, names, "jobs"));
    }

    static NoException agent(String id, Snapshot snapshot) {
        return agent(id, snapshot.agents().stream().map(AgentState::id).toList());
    }

    /** @param registered ids, few of which are named */
    static NoException agent(String id, List<String> registered) {
        String known = registered.isEmpty()
                ? ""
                : " (there " + (registered.size() == 1 ? "is " : "are ")
                        + String.join(", ", registered.subList(0, Math.min(SHOWN, registered.size())))
                        + (registered.size() > SHOWN ? " and " + (registered.size() - SHOWN) + " more" : "") + ")";
        return new NoException("no agent '" + id + "' is registered" + known + hint(id, registered, "agents"));
    }

    private static String hint(String name, Collection<String> known, String list) {
        if (known.isEmpty()) {
            return "; there are no " + list + " in this namespace";
        }
        return NearestKey.to(name, known)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse(";") + " 'belfry get " + list + "' lists them";
    }
}
