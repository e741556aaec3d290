package dev.belfry.agent.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.belfry.core.job.JobAlerts;
import jakarta.mail.internet.MimeMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Against a real SMTP server in this process. */
class MailAlertsTest {

    private static GreenMail server() {
        return new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    }

    private static MailAlerts mail(int port, Optional<MailAlerts.Login> login) {
        return new MailAlerts(
                new MailAlerts.Server("127.0.0.1", port, MailAlerts.Security.NONE, login),
                "belfry@example.com",
                List.of("ops@example.com", "night@example.com"));
    }

    @Test
    void eventArrivesWithItsExplanation() throws Exception {
        GreenMail server = server();
        server.start();
        try {
            mail(server.getSmtp().getPort(), Optional.empty()).overdue(Events.of(0));
            assertThat(server.waitForIncomingEmail(5_000, 2)).isTrue();
            MimeMessage mail = server.getReceivedMessages()[0];
            assertThat(mail.getSubject())
                    .isEqualTo(
                            "Belfry: job 'index': the fire of 2026-11-23T10:00:00Z of shard 0 has no outcome after 1m");
            assertThat(mail.getContent().toString())
                    .contains(
                            "Shard 0 has not begun it.", "Event " + Events.of(0).id());
            assertThat(mail.getFrom()[0]).hasToString("belfry@example.com");
        } finally {
            server.stop();
        }
    }

    @Test
    void serverThatAsksForALoginGetsIt() throws Exception {
        GreenMail server = server();
        server.setUser("ops@example.com", "belfry", "right");
        server.getUserManager().setAuthRequired(true);
        server.start();
        try {
            int port = server.getSmtp().getPort();
            assertThatThrownBy(() -> mail(port, Optional.of(new MailAlerts.Login("belfry", "wrong")))
                            .overdue(Events.of(0)))
                    .isInstanceOf(jakarta.mail.AuthenticationFailedException.class);
            mail(port, Optional.of(new MailAlerts.Login("belfry", "right"))).overdue(Events.of(1));
            assertThat(server.waitForIncomingEmail(5_000, 1)).isTrue();
        } finally {
            server.stop();
        }
    }

    @Test
    void jobThatNamesItsOwnReceiversReachesThoseThatAreAllowed() throws Exception {
        GreenMail server = server();
        server.start();
        try {
            MailAlerts alerts = new MailAlerts(
                    new MailAlerts.Server(
                            "127.0.0.1", server.getSmtp().getPort(), MailAlerts.Security.NONE, Optional.empty()),
                    "belfry@example.com",
                    List.of("ops@example.com"),
                    List.of("@team.example.com"));
            alerts.overdue(Events.of(
                    0, JobAlerts.USUAL.withMail(List.of("Night@Team.example.com", "spy@elsewhere.example.org"))));
            alerts.overdue(Events.of(1, JobAlerts.USUAL.withMail(List.of("spy@elsewhere.example.org"))));
            assertThat(server.waitForIncomingEmail(5_000, 2)).isTrue();
            assertThat(server.getReceivedMessages())
                    .extracting(mail -> Arrays.toString(mail.getAllRecipients()))
                    .containsExactly("[Night@Team.example.com]", "[ops@example.com]");
        } finally {
            server.stop();
        }
    }

    @Test
    void whatIsNoAddressIsRefusedAtOnce() {
        var server = new MailAlerts.Server("localhost", 25, MailAlerts.Security.NONE, Optional.empty());
        assertThatThrownBy(() -> new MailAlerts(server, "belfry@example.com", List.of("not an address")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not an address");
        assertThatThrownBy(() -> new MailAlerts(server, "belfry@example.com", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
