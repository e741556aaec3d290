package dev.belfry.core.workflow;

import dev.belfry.core.workflow.BackfillRequest.Beside;
import dev.belfry.core.workflow.BackfillRequest.Order;
import dev.belfry.core.workflow.BackfillRequest.Reprocess;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A backfill as it is asked for: whoever asks has counted the instants and looked up what is recorded of them, so that what is done
 * is what a dry run showed.
 *
 * @param version of the definition by whose schedule the instants were counted, and by which they run
 * @param chosen which of them are to run
 */
public record BackfillOrder(BackfillRequest request, int version, Chosen chosen) {

    /** As the parameters of a command. */
    public Map<String, String> parameters() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("from", request.from().toString());
        texts.put("to", request.to().toString());
        texts.put("reprocess", word(request.reprocess()));
        texts.put("order", word(request.order()));
        texts.put("overlap", word(request.overlap()));
        texts.put("concurrency", Integer.toString(request.concurrency()));
        texts.put("version", Integer.toString(version));
        texts.put("instants", Integer.toString(chosen.all()));
        if (!chosen.text().isEmpty()) {
            texts.put("chosen", chosen.text());
        }
        return texts;
    }

    /**
     * Reads what {@link #parameters} has written.
     *
     * @throws IllegalArgumentException if something is missing or wrong, with a message for people
     */
    public static BackfillOrder parse(Map<String, String> texts) {
        BackfillRequest request = new BackfillRequest(
                instant(texts, "from"),
                instant(texts, "to"),
                choice(Reprocess.class, texts, "reprocess"),
                choice(Order.class, texts, "order"),
                choice(Beside.class, texts, "overlap"),
                number(texts, "concurrency"),
                BackfillRequest.MOST);
        int all = number(texts, "instants");
        if (all < 0 || all > BackfillRequest.MOST) {
            throw new IllegalArgumentException(
                    "a backfill has at most " + BackfillRequest.MOST + " instants, not " + all);
        }
        return new BackfillOrder(
                request, number(texts, "version"), Chosen.parse(all, texts.getOrDefault("chosen", "")));
    }

    /** A choice as it is written: {@code oldest-first}. */
    public static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E extends Enum<E>> E choice(Class<E> kind, String text) {
        return Enum.valueOf(kind, text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static <E extends Enum<E>> E choice(Class<E> kind, Map<String, String> texts, String name) {
        try {
            return choice(kind, text(texts, name));
        } catch (IllegalArgumentException e) {
            throw wrong(texts, name);
        }
    }

    private static int number(Map<String, String> texts, String name) {
        try {
            return Integer.parseInt(text(texts, name));
        } catch (NumberFormatException e) {
            throw wrong(texts, name);
        }
    }

    private static Instant instant(Map<String, String> texts, String name) {
        try {
            return Instant.parse(text(texts, name));
        } catch (DateTimeException e) {
            throw wrong(texts, name);
        }
    }

    private static String text(Map<String, String> texts, String name) {
        return texts.getOrDefault(name, "");
    }

    private static IllegalArgumentException wrong(Map<String, String> texts, String name) {
        return new IllegalArgumentException("a backfill with " + name + " '" + text(texts, name)
                + "' makes no sense to this master; ask with 'belfry backfill' of the same version");
    }
}
