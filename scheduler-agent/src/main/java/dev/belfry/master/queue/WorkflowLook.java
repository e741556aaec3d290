package dev.belfry.master.queue;

import dev.belfry.core.queue.WorkflowBook;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a term reads of workflow runs: all that are stored, and the outputs on which conditions of theirs depend (rule W3).
 *
 * <p>One that cannot be read stands still, and nothing else does: a later term that can read it settles what ended meanwhile.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class WorkflowLook {
    private static final Logger LOG = LoggerFactory.getLogger(WorkflowLook.class);

    private final Reads reads;
    private final WorkflowBook book;
    private final Runnable changed;
    /** Outputs that are being read, with the workflow run and the job. */
    private final Set<List<String>> reading = new HashSet<>();

    private boolean whole = true;

    /** @param changed called when the book was told of an output */
    WorkflowLook(Reads reads, WorkflowBook book, Runnable changed) {
        this.reads = reads;
        this.book = book;
        this.changed = changed;
    }

    void start(Runnable then) {
        reads.children("queue-workflows", Paths.WORKFLOWS, names -> {
            List<String> paths = names.stream().map(Paths::workflow).toList();
            reads.readAll("queue-workflow", paths, this::found, then);
        });
    }

    private void found(Znode znode) {
        try {
            book.stored(WorkflowRunCodec.decode(znode.path(), znode.data()), znode.version());
        } catch (CorruptRecordException e) {
            whole = false;
            LOG.error("a workflow run stands still: {}", e.getMessage());
        }
    }

    /** Whether every workflow run could be read: one that could not may keep any output. */
    boolean isWhole() {
        return whole;
    }

    /** Reads the outputs that are waited for. */
    void readOutputs() {
        book.unread()
                .forEach((id, outputs) -> outputs.forEach((job, reference) -> {
                    List<String> key = List.of(id, job, reference);
                    if (reading.add(key)) {
                        reads.readOne("queue-output", Paths.OUTBOX + '/' + reference, found -> {
                            book.read(id, job, reference, found.flatMap(znode -> output(znode, id)));
                            reading.remove(key);
                            changed.run();
                        });
                    }
                }));
    }

    private static Optional<Output> output(Znode znode, String id) {
        try {
            return Optional.of(Output.of(new String(znode.data(), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            LOG.warn("no condition on {} holds in workflow run {}: {}", znode.path(), id, e.getMessage());
            return Optional.empty();
        }
    }
}
