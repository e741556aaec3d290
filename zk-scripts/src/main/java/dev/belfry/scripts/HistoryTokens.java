package dev.belfry.scripts;

import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.history.HistoryOptions;
import dev.belfry.history.HistoryException;
import dev.belfry.history.HistoryStore;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** The greatest fencing token that a history database tells of: it may know later ones than any backup. Not thread-safe. */
final class HistoryTokens {
    private final Optional<HistoryAddress> address;

    private HistoryTokens(Optional<HistoryAddress> address) {
        this.address = address;
    }

    /** @throws Trouble if what was given cannot be right */
    static HistoryTokens given(HistoryOptions options) {
        try {
            return new HistoryTokens(options.address());
        } catch (IllegalArgumentException e) {
            throw new Trouble(Trouble.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Adds what the histories of these namespaces tell of to {@code terms}; nothing if no history was given.
     *
     * @throws Trouble if the database cannot be read, or has a history of none of them: it was given so that it counts
     */
    void see(List<String> namespaces, Terms terms, PrintStream out) {
        if (address.isEmpty()) {
            return;
        }
        int found = 0;
        String missing = "";
        for (String namespace : new LinkedHashSet<>(namespaces)) {
            try (HistoryStore store = address.get().existing(namespace)) {
                long token = store.greatestToken();
                if (token > 0) {
                    terms.see(Terms.ofToken(token));
                }
                found++;
                out.println("The history of " + namespace + " at " + address.get()
                        + (token > 0 ? " knows tokens up to " + token + "." : " knows of no token."));
            } catch (HistoryException e) {
                if (e.kind() == HistoryException.Kind.UNAVAILABLE) {
                    throw refused(e);
                }
                missing = String.valueOf(e.getMessage());
            }
        }
        if (found == 0) {
            throw new Trouble(Trouble.FINDINGS, missing + advice());
        }
    }

    private static Trouble refused(HistoryException e) {
        return new Trouble(Trouble.FINDINGS, e.getMessage() + advice());
    }

    private static String advice() {
        return "; nothing was changed. Without a history give the greatest token that is known with --above-token";
    }
}
