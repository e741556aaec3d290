package dev.belfry.agent.alert;

import dev.belfry.core.overdue.OverdueEvent;
import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each event by mail through one SMTP server. Needs {@code org.eclipse.angus:angus-mail}, which Belfry does not bring
 * along, on the class path.
 *
 * <p>An event of a job that names {@link dev.belfry.core.job.JobAlerts#mail addresses of its own} goes to those of them that are
 * allowed, instead; if none is, it goes where the others go, and the log says so once for each such address.
 *
 * <p>The subject is the event's title, the text its explanation, sentence by sentence. Connecting may take 5 s, each answer
 * 10 s. A mail that the server does not take is not sent again. Thread-safe.
 */
public final class MailAlerts implements AlertListener {
    private static final Logger LOG = LoggerFactory.getLogger(MailAlerts.class);

    /** Addresses that were refused and are remembered, so that the log says it once. */
    private static final int MOST_REFUSED = 1_000;

    private static final String CONNECT_MILLIS = "5000";
    private static final String ANSWER_MILLIS = "10000";

    private final Server server;
    private final Session session;
    private final InternetAddress from;
    private final List<InternetAddress> to;
    private final Set<String> allowed = new TreeSet<>();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    /** How a session with the server is secured. */
    public enum Security {
        /** Not at all: for a server on the same machine. */
        NONE,
        /** Plain at first, then TLS, which is required. */
        STARTTLS,
        /** TLS from the first byte. */
        TLS
    }

    /**
     * An SMTP server.
     *
     * @param port 25, 587 or 465 by custom
     * @param login who to log in as; empty for nobody
     */
    public record Server(String host, int port, Security security, Optional<Login> login) {
        public Server {
            if (host.isBlank() || port < 1 || port > 65_535) {
                throw new IllegalArgumentException("not an SMTP server: " + host + ":" + port);
            }
        }
    }

    /** User and password at the server. */
    public record Login(String user, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return user;
        }
    }

    /**
     * @param from the sender's address
     * @param to the addresses of the receivers, at least one
     * @throws IllegalArgumentException if one is no address
     */
    public MailAlerts(Server server, String from, List<String> to) {
        this(server, from, to, List.of());
    }

    /**
     * @param from the sender's address
     * @param to the addresses of the receivers; none if only jobs that name theirs are to be told of
     * @param allowed addresses, and domains written as {@code @example.com}, to which jobs may have mail of their events sent, beside
     *     {@code to}
     * @throws IllegalArgumentException if one is no address, or nobody can get any mail
     */
    public MailAlerts(Server server, String from, List<String> to, Collection<String> allowed) {
        if (to.isEmpty() && allowed.isEmpty()) {
            throw new IllegalArgumentException("mail of events goes to nobody; name at least one address");
        }
        this.server = server;
        this.from = address(from);
        this.to = to.stream().map(MailAlerts::address).toList();
        to.forEach(one -> this.allowed.add(one.toLowerCase(Locale.ROOT)));
        for (String one : allowed) {
            address(one.startsWith("@") ? "anybody" + one : one);
            this.allowed.add(one.toLowerCase(Locale.ROOT));
        }
        this.session = Session.getInstance(
                properties(server),
                server.login().<Authenticator>map(MailAlerts::authenticator).orElse(null));
    }

    private static Properties properties(Server server) {
        String protocol = server.security() == Security.TLS ? "smtps" : "smtp";
        String prefix = "mail." + protocol + ".";
        Properties properties = new Properties();
        properties.setProperty("mail.transport.protocol", protocol);
        properties.setProperty(prefix + "host", server.host());
        properties.setProperty(prefix + "port", Integer.toString(server.port()));
        properties.setProperty(prefix + "connectiontimeout", CONNECT_MILLIS);
        properties.setProperty(prefix + "timeout", ANSWER_MILLIS);
        properties.setProperty(prefix + "writetimeout", ANSWER_MILLIS);
        properties.setProperty(prefix + "auth", Boolean.toString(server.login().isPresent()));
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        if (server.security() == Security.STARTTLS) {
            properties.setProperty(prefix + "starttls.enable", "true");
            properties.setProperty(prefix + "starttls.required", "true");
        }
        return properties;
    }

    private static Authenticator authenticator(Login login) {
        return new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(login.user(), login.password());
            }
        };
    }

    private static InternetAddress address(String text) {
        try {
            InternetAddress address = new InternetAddress(text, true);
            address.validate();
            return address;
        } catch (MessagingException e) {
            throw new IllegalArgumentException("not a mail address: '" + text + "': " + e.getMessage(), e);
        }
    }

    /** Whom an event goes to. */
    private List<InternetAddress> receivers(OverdueEvent event) {
        List<InternetAddress> own = new ArrayList<>();
        for (String wanted : event.alerts().mail()) {
            if (allows(wanted)) {
                own.add(address(wanted));
            } else if (refused.size() < MOST_REFUSED && refused.add(wanted)) {
                LOG.warn(
                        "no mail about job '{}' goes to {}, which the owner of this agent does not allow; allowed are {}. Allow it"
                                + " to every candidate for master, or change alerts.mail of the job",
                        event.job(),
                        wanted,
                        allowed);
            }
        }
        return own.isEmpty() ? to : own;
    }

    private boolean allows(String address) {
        String lower = address.toLowerCase(Locale.ROOT);
        return allowed.contains(lower) || allowed.contains(lower.substring(lower.indexOf('@')));
    }

    @Override
    public void overdue(OverdueEvent event) throws MessagingException {
        List<InternetAddress> receivers = receivers(event);
        if (receivers.isEmpty()) {
            return;
        }
        MimeMessage mail = new MimeMessage(session);
        mail.setFrom(from);
        mail.setRecipients(Message.RecipientType.TO, receivers.toArray(InternetAddress[]::new));
        mail.setSubject("Belfry: " + event.title(), StandardCharsets.UTF_8.name());
        mail.setText(
                String.join("\n", event.explanation()) + "\n\nEvent " + event.id() + ", found at " + event.at() + "\n",
                StandardCharsets.UTF_8.name());
        mail.setHeader("Belfry-Event-Id", event.id());
        mail.setSentDate(Date.from(event.at()));
        Transport.send(mail);
    }

    @Override
    public String toString() {
        return "mail by " + server.host() + ":" + server.port();
    }
}
