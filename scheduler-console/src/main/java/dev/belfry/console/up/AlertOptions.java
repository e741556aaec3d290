package dev.belfry.console.up;

import dev.belfry.agent.alert.AlertListener;
import dev.belfry.agent.alert.MailAlerts;
import dev.belfry.agent.alert.WebhookAlerts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
                    "Hosts, as host or host:port, separated by commas, that events may be posted to: by --alert-webhook, and by"
                            + " jobs whose definition names an address (alerts.webhook). Default: none.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--alert-mail",
            paramLabel = "ADDRESS",
            split = ",",
            description = "Mail addresses, separated by commas, that events are sent to. Default: none.")
    private List<String> to = new ArrayList<>();

    @Option(
            names = "--allow-alert-mail",
            paramLabel = "ADDRESS",
            split = ",",
            description =
                    "Mail addresses, or domains as @example.com, separated by commas, that jobs may have their events sent to"
                            + " instead (alerts.mail). Default: those of --alert-mail.")
    private List<String> allowedTo = new ArrayList<>();

    @Option(
            names = "--alert-mail-from",
            paramLabel = "ADDRESS",
            description = "The sender of this mail. Needed with --alert-mail and --allow-alert-mail.")
    private @Nullable String from;

    @Option(
            names = "--smtp",
            paramLabel = "SERVER",
            description = "The server that takes this mail, as host:port. Default: localhost:25.")
    private @Nullable String smtp;

    @Option(names = "--smtp-security", paramLabel = "WORD", description = "none, starttls or tls. Default: none.")
    private @Nullable String security;

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
    List<AlertListener> listeners() {
        return listeners(System.getenv());
    }

    List<AlertListener> listeners(Map<String, String> environment) {
        List<AlertListener> listeners = new ArrayList<>();
        if (!webhooks.isEmpty() && hosts.isEmpty()) {
            throw new IllegalArgumentException(
                    "--alert-webhook needs --allow-alerts: name the hosts that events may be posted to");
        }
        if (!hosts.isEmpty()) {
            listeners.add(of("--alert-webhook, --allow-alerts", () -> new WebhookAlerts(webhooks, hosts)));
        }
        if (to.isEmpty() && allowedTo.isEmpty()) {
            refuseIdle();
            return listeners;
        }
        String sender = from;
        if (sender == null) {
            throw new IllegalArgumentException(
                    "--alert-mail and --allow-alert-mail need --alert-mail-from, the address of the sender");
        }
        MailAlerts.Server server = server(environment);
        listeners.add(of(
                "--alert-mail, --allow-alert-mail, --alert-mail-from",
                () -> new MailAlerts(server, sender, to, allowedTo)));
        return listeners;
    }

    /** What says how mail is sent, while nobody is to get any, is a slip that would be noticed too late. */
    private void refuseIdle() {
        Map<String, Object> idle = new LinkedHashMap<>();
        idle.put("--alert-mail-from", from == null ? "" : from);
        idle.put("--smtp", smtp == null ? "" : smtp);
        idle.put("--smtp-security", security == null ? "" : security);
        idle.put("--smtp-user", user == null ? "" : user);
        idle.put("--smtp-password-file", passwordFile == null ? "" : passwordFile);
        idle.forEach((option, value) -> {
            if (!value.equals("")) {
                throw new IllegalArgumentException(
                        option + " says how events are mailed, but to nobody: add --alert-mail or --allow-alert-mail");
            }
        });
    }

    private static AlertListener of(String options, Supplier<AlertListener> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(options + ": " + e.getMessage(), e);
        }
    }

    private MailAlerts.Server server(Map<String, String> environment) {
        String address = smtp == null ? "localhost:25" : smtp;
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        if (colon < 1
                || !port.matches("[0-9]{1,5}")
                || Integer.parseInt(port) < 1
                || Integer.parseInt(port) > 65_535
                || address.substring(0, colon).isBlank()) {
            throw new IllegalArgumentException("--smtp: '" + address
                    + "' is not host:port, with a port from 1 to 65535, such as mail.example.com:25");
        }
        String word = security == null ? "none" : security;
        if (!List.of("none", "starttls", "tls").contains(word)) {
            throw new IllegalArgumentException("--smtp-security: '" + word + "' is not none, starttls or tls");
        }
        if (user == null && passwordFile != null) {
            throw new IllegalArgumentException("--smtp-password-file needs --smtp-user, who is to log in with it");
        }
        Optional<MailAlerts.Login> login =
                user == null ? Optional.empty() : Optional.of(new MailAlerts.Login(user, password(environment)));
        return new MailAlerts.Server(
                address.substring(0, colon),
                Integer.parseInt(port),
                MailAlerts.Security.valueOf(word.toUpperCase(Locale.ROOT)),
                login);
    }

    private String password(Map<String, String> environment) {
        String other = environment.get("BELFRY_SMTP_PASSWORD_FILE");
        Path file = passwordFile != null ? passwordFile : other == null ? null : Path.of(other);
        if (file == null) {
            throw new IllegalArgumentException(
                    "--smtp-user needs --smtp-password-file, or $BELFRY_SMTP_PASSWORD_FILE: a file with the password");
        }
        String option = passwordFile != null ? "--smtp-password-file" : "$BELFRY_SMTP_PASSWORD_FILE";
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst()
                    .filter(line -> !line.isEmpty())
                    .orElseThrow(() -> new IllegalArgumentException(
                            option + ": the first line of " + file + " is empty; it is to hold the password"));
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalArgumentException(option + ": cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
