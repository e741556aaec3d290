package dev.belfry.master.queue;

import dev.belfry.core.queue.HandedPage;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.SubTaskId;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what reports name before they are heard: sub-tasks that were handed in (rule S2), and what sub-tasks hand on (rule S5).
 *
 * <p>What an incarnation says is heard in the order in which it was said. Not thread-safe; owned by the master's loop.
 */
final class NamedItems {
    private static final Logger LOG = LoggerFactory.getLogger(NamedItems.class);

    private record Said(Outbox outbox, Runnable then) {}

    private final Reads reads;
    private final QueueBook book;
    /** By incarnation: what it has said and what was not heard yet; of the first something is being read. */
    private final Map<String, Deque<Said>> said = new HashMap<>();
    /** By incarnation and number: how many pages were read. */
    private final Map<String, Map<Long, Integer>> known = new HashMap<>();

    NamedItems(Reads reads, QueueBook book) {
        this.reads = reads;
        this.book = book;
    }

    /** @param then called once everything that it names is known to the book */
    void read(String incarnation, Outbox outbox, Runnable then) {
        Deque<Said> before = said.computeIfAbsent(incarnation, name -> new ArrayDeque<>());
        before.add(new Said(outbox, then));
        if (before.size() == 1) {
            next(incarnation, before);
        }
    }

    private void next(String incarnation, Deque<Said> waiting) {
        while (!waiting.isEmpty()) {
            Said first = waiting.element();
            Map<String, Report> wanted = wanted(incarnation, first.outbox());
            if (!wanted.isEmpty()) {
                Map<String, Znode> found = new TreeMap<>();
                reads.readAll("queue-handed", wanted.keySet(), znode -> found.put(znode.path(), znode), () -> {
                    tell(incarnation, first.outbox(), found);
                    heard(waiting);
                    next(incarnation, waiting);
                });
                return;
            }
            heard(waiting);
        }
        said.remove(incarnation);
    }

    private static void heard(Deque<Said> waiting) {
        waiting.remove().then().run();
    }

    private Map<Long, Integer> known(String incarnation, Outbox outbox) {
        Map<Long, Integer> mine = known.computeIfAbsent(incarnation, name -> new HashMap<>());
        Set<Long> numbers = outbox.reports().stream().map(Report::number).collect(Collectors.toSet());
        mine.keySet().retainAll(numbers);
        if (numbers.isEmpty()) {
            known.remove(incarnation);
        }
        return mine;
    }

    /** What is named and was not read yet, in order. */
    private Map<String, Report> wanted(String incarnation, Outbox outbox) {
        Map<Long, Integer> mine = known(incarnation, outbox);
        Map<String, Report> wanted = new LinkedHashMap<>();
        for (Report report : outbox.reports()) {
            Optional<String> run = book.runOf(incarnation, report.number());
            if (run.isEmpty()) {
                continue;
            }
            for (int page = mine.getOrDefault(report.number(), 0); page < report.pages(); page++) {
                wanted.put(Paths.handedPage(incarnation, report.number(), page), report);
            }
            output(incarnation, report, run.get()).ifPresent(item -> wanted.put(item.path(), report));
        }
        return wanted;
    }

    /** What the run hands on to the one that it is a sub-task of, itself or as the reduce step of one. */
    private static Optional<OutboxItem> output(String incarnation, Report report, String runId) {
        boolean hands = report.stage() == Outbox.Stage.SUCCEEDED && report.left() == Outbox.Left.OUTPUT;
        String run = SubTaskId.reduces(runId).orElse(runId);
        return hands && SubTaskId.of(run).isPresent() ? report.item(incarnation) : Optional.empty();
    }

    private void tell(String incarnation, Outbox outbox, Map<String, Znode> found) {
        Map<Long, Integer> mine = known(incarnation, outbox);
        for (Report report : outbox.reports()) {
            Optional<String> run = book.runOf(incarnation, report.number());
            if (run.isEmpty()) {
                continue;
            }
            for (int page = mine.getOrDefault(report.number(), 0); page < report.pages(); page++) {
                Znode znode = found.get(Paths.handedPage(incarnation, report.number(), page));
                // One that is not there any more was taken in: nothing else deletes it before.
                if (znode != null) {
                    book.splits().handed(incarnation, report.number(), run.get(), page, page(znode));
                }
            }
            if (report.pages() > 0) {
                known.computeIfAbsent(incarnation, name -> new HashMap<>()).put(report.number(), report.pages());
            }
            output(incarnation, report, run.get())
                    .flatMap(item -> Optional.ofNullable(found.get(item.path())))
                    .flatMap(NamedItems::output)
                    .ifPresent(output -> book.splits().output(run.get(), output));
        }
    }

    private static Optional<HandedPage> page(Znode znode) {
        try {
            return Optional.of(HandedPage.decode(znode.path(), znode.data()));
        } catch (CorruptRecordException e) {
            LOG.error("sub-tasks cannot be read, and the attempt that handed them in fails: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Output> output(Znode znode) {
        try {
            return Optional.of(Output.of(new String(znode.data(), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            LOG.warn("the output of a sub-task is left out: {}: {}", znode.path(), e.getMessage());
            return Optional.empty();
        }
    }
}
