package dev.belfry.core.job;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The keys of alerts. */
final class AlertsForm {

    private static final String ADDRESS_WORDS = "a mail address such as night@example.com";
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");

    private AlertsForm() {}

    private static final Key<JobAlerts, URI> WEBHOOK = Key.optional(
            "webhook",
            webhook(),
            alerts -> alerts.webhook().orElse(null),
            "Where events of this job are posted instead. Its host must be one that the agents allow for events (--allow-alerts);"
                    + " otherwise they go where all others go, and the master's log says so.");
    private static final Key<JobAlerts, List<String>> MAIL = Key.<JobAlerts, List<String>>optional(
                    "mail",
                    Mapped.oneOrMany(
                            Scalars.word(ADDRESS_WORDS, ADDRESS), "a list of mail addresses", JobAlerts.MOST_ADDRESSES),
                    JobAlerts::mail,
                    "Addresses that mail about this job goes to instead: those that the agents allow (--allow-alert-mail).")
            .defaulting(List.of());
    private static final Key<JobAlerts, Instant> SILENCE = Key.<JobAlerts, Instant>optional(
                    "silence",
                    silence(),
                    JobAlerts::silence,
                    "true, or until when: nobody is told of what is overdue. It is logged and counted all the same.")
            .defaulting(Instant.MIN);

    static final Form<JobAlerts> FORM = new Form<>(
            "alerts",
            List.of(WEBHOOK, MAIL, SILENCE),
            values -> {},
            values -> new JobAlerts(Optional.ofNullable(values.find(WEBHOOK)), values.get(MAIL), values.get(SILENCE)));

    private static Shape<URI> webhook() {
        return new ScalarShape<>(
                "an address such as https://hooks.example.com/team",
                EnumSet.of(Node.Type.TEXT),
                Map.of("type", "string", "format", "uri", "maxLength", 2_048),
                AlertsForm::address,
                URI::toString);
    }

    private static URI address(String text) throws Refused {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new Refused("is no address: " + e.getReason());
        }
        String scheme = uri.getScheme();
        if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
            throw new Refused("begins with neither http:// nor https://");
        }
        if (uri.getHost() == null || text.length() > 2_048) {
            throw new Refused(uri.getHost() == null ? "names no host" : "is longer than 2,048 characters");
        }
        if (uri.getRawUserInfo() != null) {
            throw new Refused("names a user; definitions are no place for passwords");
        }
        return uri;
    }

    private static Shape<Instant> silence() {
        return new ScalarShape<>(
                "true, false, or an instant with its offset, such as 2026-12-01T00:00:00Z",
                EnumSet.of(Node.Type.TEXT, Node.Type.BOOLEAN),
                Map.of("anyOf", List.of(Map.of("type", "boolean"), Map.of("type", "string", "format", "date-time"))),
                AlertsForm::until,
                instant -> instant.equals(Instant.MAX)
                        ? (Object) true
                        : instant.equals(Instant.MIN) ? (Object) false : instant.toString());
    }

    private static Instant until(String text) throws Refused {
        return switch (text) {
            case "true" -> Instant.MAX;
            case "false" -> Instant.MIN;
            default -> Times.parseInstant(text);
        };
    }
}
