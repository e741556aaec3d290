package dev.belfry.core.queue;

import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The runs that have failed for good, page by page, until they are run again or forgotten; the oldest go first. Part of a {@link
 * QueueBook}, which writes it round by round.
 *
 * <p>Pure. Not thread-safe; owned by the master's loop.
 */
public final class DeadLetters {
    /** Runs that are kept. */
    public static final int MOST = 1_000;
    /** Bytes of what is kept. */
    static final int MOST_BYTES = 4 << 20;
    /** Bytes from which on a new page begins. */
    private static final int PAGE_BYTES = 16_000;

    private static final class Page {
        final List<DeadLetter> letters = new ArrayList<>();
        int version = -1;
        int bytes;
    }

    private final NavigableMap<Long, Page> pages = new TreeMap<>();
    private final Map<String, Long> places = new HashMap<>();
    private final TreeSet<Long> changed = new TreeSet<>();
    /** What is to go with the next round, and the run that takes its place, if any. */
    private final Map<DeadLetter, Optional<Submission>> going = new LinkedHashMap<>();

    private long last;
    private int bytes;

    // --- what is stored

    /** A page as it is stored. */
    public void page(long number, DeadLetterPage stored, int version) {
        Page page = new Page();
        page.version = version;
        pages.put(number, page);
        stored.letters().forEach(letter -> put(number, page, letter));
        last = Math.max(last, number);
    }

    /** A page that cannot be read: it stays as it is. */
    public void unreadable(long number) {
        last = Math.max(last, number);
    }

    private void put(long number, Page page, DeadLetter letter) {
        page.letters.add(letter);
        page.bytes += letter.bytes();
        bytes += letter.bytes();
        places.put(letter.run().runId(), number);
    }

    // --- what happens

    /** A run has its outcome. */
    void settled(Submission run, Instant due, Outcome outcome, Instant now) {
        if (!DeadLetter.keeps(outcome) || places.containsKey(run.runId())) {
            return;
        }
        DeadLetter letter = new DeadLetter(run, due, outcome, Instant.ofEpochMilli(now.toEpochMilli()));
        Page page = pages.get(last);
        if (page == null || page.letters.isEmpty() || page.bytes + letter.bytes() > PAGE_BYTES) {
            page = new Page();
            pages.put(++last, page);
        }
        put(last, page, letter);
        changed.add(last);
        while (places.size() > MOST || bytes > MOST_BYTES) {
            remove(pages.values().stream()
                    .flatMap(each -> each.letters.stream())
                    .findFirst()
                    .orElseThrow());
        }
    }

    private void remove(DeadLetter letter) {
        Long number = places.remove(letter.run().runId());
        Page page = number == null ? null : pages.get(number);
        if (number != null && page != null) {
            page.letters.remove(letter);
            page.bytes -= letter.bytes();
            bytes -= letter.bytes();
            changed.add(number);
        }
    }

    /** The run of this id, if it is kept, and not about to go. */
    public Optional<DeadLetter> find(String runId) {
        return Optional.ofNullable(places.get(runId))
                .flatMap(number -> Optional.ofNullable(pages.get(number)))
                .flatMap(page -> page.letters.stream()
                        .filter(letter -> letter.run().runId().equals(runId) && !going.containsKey(letter))
                        .findFirst());
    }

    /** It is not wanted any more; in the next round. */
    public void forget(DeadLetter letter) {
        going.put(letter, Optional.empty());
    }

    /**
     * It runs again, in the next round.
     *
     * @param runId of the new run
     */
    public void rerun(DeadLetter letter, String runId, String by) {
        going.put(letter, Optional.of(letter.again(runId, by)));
    }

    // --- rounds

    /** Whether something was asked that no round has seen to. */
    boolean isAsked() {
        return !going.isEmpty();
    }

    void next(QueueRound round) {
        going.forEach((letter, again) -> {
            remove(letter);
            again.ifPresent(round::start);
        });
        going.clear();
    }

    int changes() {
        return changed.size();
    }

    int changedBytes() {
        int sum = 0;
        for (long number : changed) {
            Page page = pages.get(number);
            sum += page == null ? 0 : page.bytes;
        }
        return sum;
    }

    List<QueueRound.DeadWrite> writes() {
        List<QueueRound.DeadWrite> writes = new ArrayList<>();
        for (long number : changed) {
            Page page = pages.get(number);
            if (page != null && (page.version >= 0 || !page.letters.isEmpty())) {
                writes.add(new QueueRound.DeadWrite(
                        number,
                        page.version,
                        page.letters.isEmpty() ? Optional.empty() : Optional.of(new DeadLetterPage(page.letters))));
            }
        }
        return writes;
    }

    void written() {
        for (long number : changed) {
            Page page = pages.get(number);
            if (page != null && page.letters.isEmpty()) {
                pages.remove(number);
            } else if (page != null) {
                page.version++;
            }
        }
        changed.clear();
    }
}
