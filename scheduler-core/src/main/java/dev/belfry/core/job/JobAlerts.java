package dev.belfry.core.job;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who is told of a job's overdue fires, where that differs from what the agents were started with. Immutable.
 *
 * @param webhook where events are posted instead; the master posts there only if its own owner allows the host
 * @param mail addresses that mail goes to instead, empty for no others; again only those that the master's owner allows
 * @param silence until when nobody is told: {@link Instant#MIN} for not at all, {@link Instant#MAX} for ever. What is overdue is
 *     logged and counted all the same
 */
public record JobAlerts(Optional<URI> webhook, List<String> mail, Instant silence) {

    /** As the agents say. */
    public static final JobAlerts USUAL = new JobAlerts(Optional.empty(), List.of(), Instant.MIN);

    /** Addresses at most. */
    static final int MOST_ADDRESSES = 16;

    public JobAlerts {
        mail = List.copyOf(mail);
    }

    /** Whether nobody is to be told at {@code now}. */
    public boolean silent(Instant now) {
        return now.isBefore(silence);
    }

    /** The same, with events posted to another address. */
    public JobAlerts withWebhook(URI address) {
        return new JobAlerts(Optional.of(address), mail, silence);
    }

    /** The same, with mail to other addresses. */
    public JobAlerts withMail(List<String> addresses) {
        return new JobAlerts(webhook, addresses, silence);
    }

    /** The same, silent until an instant; {@link Instant#MAX} for ever. */
    public JobAlerts silentUntil(Instant until) {
        return new JobAlerts(webhook, mail, until);
    }
}
