package dev.belfry.core.queue;

import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.Split;
import dev.belfry.core.workflow.SplitAnswer;
import dev.belfry.core.workflow.SplitCodec;
import dev.belfry.core.workflow.SplitHead;
import dev.belfry.core.workflow.SplitPage;
import dev.belfry.core.workflow.SplitPhase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A split run in the hands of the master: what it is, and what of it is to be written. Mutable; owned by its {@link SplitBook}. */
final class SplitHeld {
    private static final int HEAD_BYTES = 600;
    private static final int ROW_BYTES = 60;

    Split split;
    /** As it was stored when the term began; of one that is split from now on, without sub-tasks. */
    final SplitHead found;

    private int version;
    private final Map<Integer, Integer> pageVersions = new HashMap<>();
    /** Pages that have changed since they were written. */
    private final Set<Integer> changed = new TreeSet<>();
    /** Pages that were handed in and are taken in by what is to be written. */
    private final List<HandIn.Place> taken = new ArrayList<>();

    /** One that is split from now on. */
    SplitHeld(Split split) {
        this.split = split;
        this.version = -1;
        this.found = split.head();
    }

    /** One that was there when the term began. */
    SplitHeld(Split split, int version, List<Integer> pageVersions) {
        this.split = split;
        this.version = version;
        this.found = split.head();
        for (int page = 0; page < pageVersions.size(); page++) {
            this.pageVersions.put(page, pageVersions.get(page));
        }
    }

    String runId() {
        return split.head().parent();
    }

    SplitPhase phase() {
        return split.head().phase();
    }

    boolean isFinal() {
        return phase() == SplitPhase.FINAL;
    }

    boolean changesBy(SplitAnswer.Step step) {
        return !step.pages().isEmpty()
                || !step.effects().isEmpty()
                || !step.next().head().equals(split.head());
    }

    void goes(SplitAnswer.Step step) {
        split = step.next();
        changed.addAll(step.pages());
    }

    void takes(HandIn.Place page) {
        taken.add(page);
    }

    int writes() {
        return 1 + changed.size() + taken.size();
    }

    /** No less than the bytes of what is to be written. */
    int mostBytes() {
        int bytes = HEAD_BYTES;
        for (int number : changed) {
            for (SplitPage.Row row : split.pages().get(number).rows()) {
                bytes += ROW_BYTES + row.name().length();
                bytes += row.output().isPresent() ? SplitPage.LONGEST_OUTPUT : 0;
            }
        }
        return bytes;
    }

    /** What is to be written, parents first. */
    List<QueueRound.SplitWrite> write() {
        List<QueueRound.SplitWrite> writes = new ArrayList<>();
        writes.add(QueueRound.SplitWrite.of(Paths.split(runId()), version, SplitCodec.encodeHead(split.head())));
        for (int number : changed) {
            writes.add(QueueRound.SplitWrite.of(
                    Paths.splitPage(runId(), number),
                    pageVersions.getOrDefault(number, -1),
                    SplitCodec.encodePage(split.pages().get(number))));
        }
        taken.forEach(page -> writes.add(QueueRound.SplitWrite.deletion(page.path())));
        return writes;
    }

    void written() {
        version++;
        changed.forEach(page -> pageVersions.merge(page, 0, (before, none) -> before + 1));
        changed.clear();
        taken.clear();
    }

    /** The paths of all that is stored of it, children first. */
    List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (int page = 0; page < split.pages().size(); page++) {
            paths.add(Paths.splitPage(runId(), page));
        }
        paths.add(Paths.split(runId()));
        return paths;
    }
}
