package dev.belfry.console.up;

import dev.belfry.agent.alert.AlertListener;
import dev.belfry.agent.alert.MailAlerts;
import dev.belfry.agent.alert.WebhookAlerts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where an agent sends the events of overdue fires that it raises as master. */
final class AlertOptions {

    @Option(
            names = "--alert-webhook",
            paramLabel = "URL",
            description =
                    "Where to post events of overdue fires as JSON, while this agent is master. Its host must be among --allow-alerts."
                            + " May be repeated. Default: nowhere.")
    private List<URI> webhooks = new ArrayList<>();

    @Option(
            names = "--allow-alerts",
            paramLabel = "HOST",
            split = ",",
            description =
                    "Hosts, as host or host:port, separated by commas, that events may be posted to. Default: none.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--alert-mail",
            paramLabel = "ADDRESS",
            split = ",",
            description = "Mail addresses, separated by commas, that events are sent to. Default: none.")
    private List<String> to = new ArrayList<>();

    @Option(
            names = "--alert-mail-from",
            paramLabel = "ADDRESS",
            description = "The sender of this mail. Needed with --alert-mail.")
    private @Nullable String from;

    @Option(
            names = "--smtp",
            paramLabel = "SERVER",
            description = "The server that takes this mail, as host:port. Default: localhost:25.")
    private String smtp = "localhost:25";

    @Option(names = "--smtp-security", paramLabel = "WORD", description = "none, starttls or tls. Default: none.")
    private String security = "none";

    @Option(
            names = "--smtp-user",
            paramLabel = "NAME",
            description = "Who to log in as at that server. Default: nobody.")
    private @Nullable String user;

    @Option(
            names = "--smtp-password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password of --smtp-user. Default: $BELFRY_SMTP_PASSWORD_FILE.")
    private @Nullable Path passwordFile;

    /**
     * Those who are to be told.
     *
     * @throws IllegalArgumentException if the options do not fit together, with what to do
     */
    List<AlertListener> listeners() throws IOException {
        List<AlertListener> listeners = new ArrayList<>();
        for (URI webhook : webhooks) {
            if (hosts.isEmpty()) {
                throw new IllegalArgumentException(
                        "--alert-webhook needs --allow-alerts: name the hosts that events may be posted to");
            }
            listeners.add(new WebhookAlerts(webhook, hosts));
        }
        if (!to.isEmpty()) {
            if (from == null) {
                throw new IllegalArgumentException("--alert-mail needs --alert-mail-from, the address of the sender");
            }
            listeners.add(new MailAlerts(server(), from, to));
        }
        return listeners;
    }

    private MailAlerts.Server server() throws IOException {
        int colon = smtp.lastIndexOf(':');
        if (colon < 1 || !smtp.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("--smtp: '" + smtp + "' is not host:port");
        }
        if (!List.of("none", "starttls", "tls").contains(security)) {
            throw new IllegalArgumentException("--smtp-security: '" + security + "' is not none, starttls or tls");
        }
        Optional<MailAlerts.Login> login =
                user == null ? Optional.empty() : Optional.of(new MailAlerts.Login(user, password()));
        return new MailAlerts.Server(
                smtp.substring(0, colon),
                Integer.parseInt(smtp.substring(colon + 1)),
                MailAlerts.Security.valueOf(security.toUpperCase(Locale.ROOT)),
                login);
    }

    private String password() throws IOException {
        String other = System.getenv("BELFRY_SMTP_PASSWORD_FILE");
        Path file = passwordFile != null ? passwordFile : other == null ? null : Path.of(other);
        if (file == null) {
            throw new IllegalArgumentException("--smtp-user needs --smtp-password-file");
        }
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        }
    }
}
