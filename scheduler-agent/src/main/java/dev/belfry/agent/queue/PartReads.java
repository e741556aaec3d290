package dev.belfry.agent.queue;

import dev.belfry.agent.loop.QueuedWork;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.SplitCodec;
import dev.belfry.core.workflow.SplitHead;
import dev.belfry.core.workflow.SplitPage;
import dev.belfry.core.workflow.SubTaskResult;
import dev.belfry.store.Read;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the reduce step of a split run is given: reads the run and its pages (rule S5), as new as the dispatch. What cannot be read
 * for the time being is read again. Not thread-safe; owned by the agent's loop.
 */
final class PartReads {
    private final QueuedWork.Setting setting;
    private final String runId;
    private final Runnable changed;

    private @Nullable SplitHead head;
    private Optional<String> problem = Optional.empty();
    private final TreeMap<Integer, SplitPage> pages = new TreeMap<>();
    /** Paths that are being read, or will be again after a pause. */
    private final Set<String> asked = new HashSet<>();

    /**
     * Nothing is read yet.
     *
     * @param runId of the run that was split
     * @param changed told whenever more is known, and when something is to be asked for again
     */
    PartReads(QueuedWork.Setting setting, String runId, Runnable changed) {
        this.setting = setting;
        this.runId = runId;
        this.changed = changed;
    }

    /** Whether everything is known; what is not is asked for. */
    boolean complete() {
        if (problem.isPresent()) {
            return true;
        }
        SplitHead known = head;
        if (known == null) {
            read("parts-head", Paths.split(runId), (path, data) -> head = SplitCodec.decodeHead(path, data));
            return false;
        }
        int wanted = (known.tasks() + SplitPage.ROWS - 1) / SplitPage.ROWS;
        for (int page = 0; page < wanted; page++) {
            if (!pages.containsKey(page)) {
                int number = page;
                read(
                        "parts-page",
                        Paths.splitPage(runId, page),
                        (path, data) -> pages.put(number, SplitCodec.decodePage(path, data)));
            }
        }
        return pages.size() == wanted;
    }

    /** Why it cannot be known, if it cannot. */
    Optional<String> problem() {
        return problem;
    }

    /** All sub-tasks in their order, once everything is known. */
    List<SubTaskResult> results() {
        List<SubTaskResult> results = new ArrayList<>();
        pages.values()
                .forEach(page -> page.rows()
                        .forEach(row -> results.add(new SubTaskResult(
                                row.name(),
                                row.outcome().orElse(Outcome.UNKNOWN),
                                row.output().map(Output::json)))));
        return results;
    }

    /** There is a connection again: what failed is read at once. */
    void resumed() {
        asked.clear();
    }

    /** What is done with what was read. */
    private interface Found {
        void take(String path, byte[] data);
    }

    private void read(String site, String path, Found found) {
        if (!asked.add(path)) {
            return;
        }
        setting.store().read(setting.session(), site, path, answer -> {
            if (answer instanceof Read.Failed) {
                setting.loop().after(setting.session().timeout().toNanos() / 4, () -> {
                    asked.remove(path);
                    changed.run();
                });
                return;
            }
            if (answer instanceof Read.Found there) {
                try {
                    found.take(path, there.znode().data());
                } catch (CorruptRecordException e) {
                    problem = Optional.of("what its sub-tasks did cannot be read: " + e.getMessage());
                }
            } else {
                problem = Optional.of("what its sub-tasks did is gone: " + path);
            }
            changed.run();
        });
    }
}
