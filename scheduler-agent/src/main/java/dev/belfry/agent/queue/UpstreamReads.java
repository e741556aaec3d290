package dev.belfry.agent.queue;

import dev.belfry.agent.loop.QueuedWork;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.JobRunId;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.store.Read;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the jobs before it hand to one task of a workflow run: reads the run and the outputs that it names (rule W4). What cannot be
 * read for the time being is read again. Not thread-safe; owned by the agent's loop.
 */
final class UpstreamReads {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamReads.class);

    private final QueuedWork.Setting setting;
    private final JobRunId id;
    private final Runnable changed;

    private @Nullable WorkflowRun run;
    private Optional<String> problem = Optional.empty();
    /** Outputs that are still to be read, by the names of the jobs. */
    private final Map<String, OutboxItem> open = new TreeMap<>();
    /** Paths that are being read, or will be again after a pause. */
    private final Set<String> asked = new HashSet<>();

    private final Map<String, Output> outputs = new TreeMap<>();
    private final Map<String, String> texts = new TreeMap<>();

    /**
     * Nothing is read yet.
     *
     * @param changed told whenever more is known, and when something is to be asked for again
     */
    UpstreamReads(QueuedWork.Setting setting, JobRunId id, Runnable changed) {
        this.setting = setting;
        this.id = id;
        this.changed = changed;
    }

    /** Whether everything is known; what is not is asked for. */
    boolean complete() {
        if (problem.isPresent()) {
            return true;
        }
        if (run == null) {
            readRun();
            return false;
        }
        new TreeMap<>(open).forEach(this::readOutput);
        return open.isEmpty();
    }

    /** Why there is no workflow run, if there is none. */
    Optional<String> problem() {
        return problem;
    }

    /** The workflow run; empty until it is known, and if there is none. */
    Optional<WorkflowRun> run() {
        return Optional.ofNullable(run);
    }

    /** The outputs of the direct upstreams that have one, by name. */
    Map<String, Output> outputs() {
        return outputs;
    }

    /** The same as they were written. */
    Map<String, String> texts() {
        return texts;
    }

    /** There is a connection again: what failed is read at once. */
    void resumed() {
        asked.clear();
    }

    private void readRun() {
        String path = Paths.workflow(id.workflowRun());
        if (!asked.add(path)) {
            return;
        }
        setting.store().read(setting.session(), "workflow-read", path, answer -> {
            if (answer instanceof Read.Failed) {
                later(path);
                return;
            }
            if (run != null) {
                return; // asked for twice, around a loss of the connection
            }
            if (answer instanceof Read.Found found) {
                found(path, found.znode().data());
            } else {
                problem = Optional.of("the workflow run " + id.workflowRun() + " is gone");
            }
            changed.run();
        });
    }

    private void found(String path, byte[] data) {
        try {
            WorkflowRun read = WorkflowRunCodec.decode(path, data);
            if (read.job(id.job()).isEmpty()) {
                problem = Optional.of("the workflow run " + id.workflowRun() + " has no job " + id.job());
                return;
            }
            run = read;
            read.outputsFor(id.job()).forEach(this::named);
        } catch (CorruptRecordException e) {
            problem = Optional.of("the workflow run " + id.workflowRun() + " cannot be read: " + e.getMessage());
        }
    }

    private void named(String job, String reference) {
        try {
            OutboxItem item = OutboxItem.of(reference);
            open.put(job, new OutboxItem(new Incarnation(item.incarnation()).name(), item.number()));
        } catch (IllegalArgumentException e) {
            without(job, reference, String.valueOf(e.getMessage()));
        }
    }

    private void readOutput(String job, OutboxItem item) {
        String path = item.path();
        if (!asked.add(path)) {
            return;
        }
        setting.store().read(setting.session(), "output-read", path, answer -> {
            if (answer instanceof Read.Failed) {
                later(path);
                return;
            }
            if (open.remove(job) != null) {
                if (answer instanceof Read.Found found) {
                    keep(job, path, new String(found.znode().data(), StandardCharsets.UTF_8));
                } else {
                    without(job, path, "it is gone");
                }
            }
            changed.run();
        });
    }

    private void keep(String job, String path, String text) {
        try {
            outputs.put(job, Output.of(text));
            texts.put(job, text);
        } catch (IllegalArgumentException e) {
            without(job, path, String.valueOf(e.getMessage()));
        }
    }

    private void without(String job, String where, String why) {
        LOG.warn(
                "output cannot be had: run={} upstream={} at {}: {}; the attempt counts the job as one without output",
                id,
                job,
                where,
                why);
    }

    private void later(String path) {
        setting.loop().after(setting.session().timeout().toNanos() / 4, () -> {
            asked.remove(path);
            changed.run();
        });
    }
}
