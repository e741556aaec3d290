package dev.belfry.console.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.alert.AlertListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The options that say where events go: what each of them makes, and what is said of each that is wrong. */
class AlertOptionsTest {

    /** A command with these options and no others. */
    @Command(name = "told")
    private static final class Told {
        @Mixin
        AlertOptions alerts = new AlertOptions();
    }

    @TempDir
    Path directory = Path.of("");

    private static List<String> told(Map<String, String> environment, String... words) {
        Told told = new Told();
        new CommandLine(told).parseArgs(words);
        return told.alerts.listeners(environment).stream()
                .map(AlertListener::toString)
                .toList();
    }

    private static List<String> told(String line) {
        return told(Map.of(), line.isEmpty() ? new String[0] : line.split(" "));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("password"), text);
    }

    @Test
    void withoutOptionsNobodyIsTold() {
        assertThat(told("")).isEmpty();
    }

    @Test
    void eachAddressOnTheWebIsToldIfItsHostIsAllowed() {
        assertThat(told(
                        "--alert-webhook https://hooks.example.com/a?key=secret --alert-webhook http://b.example.com:81/"
                                + " --allow-alerts hooks.example.com,b.example.com:81"))
                .containsExactly("webhook https://hooks.example.com, webhook http://b.example.com:81");
    }

    @Test
    void jobsMayNameAddressesThoughThereIsNoOtherOne() {
        assertThat(told("--allow-alerts hooks.example.com")).containsExactly("webhooks of jobs");
        assertThat(told("--allow-alert-mail @example.com --alert-mail-from belfry@example.com"))
                .containsExactly("mail by localhost:25");
    }

    @Test
    void mailGoesThroughTheServerThatIsNamed() {
        assertThat(told("--alert-mail ops@example.com,night@example.com --alert-mail-from belfry@example.com"))
                .containsExactly("mail by localhost:25");
        assertThat(told("--alert-mail ops@example.com --alert-mail-from belfry@example.com --smtp mail.example.com:587"
                        + " --smtp-security starttls"))
                .containsExactly("mail by mail.example.com:587");
        assertThat(told("--alert-mail ops@example.com --alert-mail-from belfry@example.com --smtp [::1]:465"
                        + " --smtp-security tls --allow-alerts hooks.example.com"))
                .containsExactly("webhooks of jobs", "mail by [::1]:465");
    }

    @Test
    void passwordIsReadFromTheFileOfTheOptionOrOfTheEnvironment() throws IOException {
        Path file = file("right\nnot this line\n");
        String mail = "--alert-mail ops@example.com --alert-mail-from belfry@example.com --smtp-user belfry";
        assertThat(told(mail + " --smtp-password-file " + file)).hasSize(1);
        assertThat(told(Map.of("BELFRY_SMTP_PASSWORD_FILE", file.toString()), mail.split(" ")))
                .hasSize(1);
    }

    @Test
    void passwordThatIsNotThereIsMissedAtTheStart() throws IOException {
        String mail = "--alert-mail ops@example.com --alert-mail-from belfry@example.com --smtp-user belfry";
        assertThatThrownBy(() -> told(mail))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--smtp-user needs --smtp-password-file");
        Path missing = directory.resolve("nothing-here");
        assertThatThrownBy(() -> told(mail + " --smtp-password-file " + missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--smtp-password-file: cannot read " + missing);
        Path empty = file("\nright\n");
        assertThatThrownBy(() -> told(Map.of("BELFRY_SMTP_PASSWORD_FILE", empty.toString()), mail.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("$BELFRY_SMTP_PASSWORD_FILE: the first line of " + empty + " is empty");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --alert-webhook https://a.example.com/ | --alert-webhook needs --allow-alerts
            --alert-webhook https://a.example.com/ --allow-alerts b.example.com | leads to a.example.com:443, which
            --alert-webhook https://a.example.com:8443/ --allow-alerts a.example.com | leads to a.example.com:8443, which
            --alert-webhook ftp://a.example.com/ --allow-alerts a.example.com | begins with http:// or https://
            --alert-webhook https:///path --allow-alerts a.example.com | names a host and no user
            --alert-webhook https://me:pw@a.example.com/ --allow-alerts a.example.com | names a host and no user
            --allow-alerts *.example.com | '*.example.com' is not a host or host:port
            --allow-alerts https://a.example.com/ | is not a host or host:port
            --alert-mail ops@example.com | need --alert-mail-from
            --allow-alert-mail @example.com | need --alert-mail-from
            --alert-mail nobody --alert-mail-from b@example.com | --alert-mail-from: not a mail address: 'nobody'
            --alert-mail ops@example.com --alert-mail-from nobody | not a mail address: 'nobody'
            --alert-mail ops@example.com --allow-alert-mail example.com --alert-mail-from b@example.com | not a mail address: 'example.com'
            --alert-mail-from b@example.com | --alert-mail-from says how events are mailed, but to nobody
            --smtp mail:25 | --smtp says how events are mailed, but to nobody
            --smtp-security tls | --smtp-security says how events are mailed, but to nobody
            --smtp-user belfry | --smtp-user says how events are mailed, but to nobody
            --smtp-password-file p | --smtp-password-file says how events are mailed, but to nobody
            --alert-mail o@example.com --alert-mail-from b@example.com --smtp mail | --smtp: 'mail' is not host:port
            --alert-mail o@example.com --alert-mail-from b@example.com --smtp mail: | --smtp: 'mail:' is not host:port
            --alert-mail o@example.com --alert-mail-from b@example.com --smtp :25 | --smtp: ':25' is not host:port
            --alert-mail o@example.com --alert-mail-from b@example.com --smtp mail:0 | --smtp: 'mail:0' is not host:port
            --alert-mail o@example.com --alert-mail-from b@example.com --smtp mail:65536 | --smtp: 'mail:65536' is not host:port
            --alert-mail o@example.com --alert-mail-from b@example.com --smtp mail:smtp | --smtp: 'mail:smtp' is not host:port
            --alert-mail o@example.com --alert-mail-from b@example.com --smtp-security ssl | 'ssl' is not none, starttls or tls
            --alert-mail o@example.com --alert-mail-from b@example.com --smtp-password-file p | --smtp-password-file needs --smtp-user
            """)
    void whatIsWrongIsRefusedWithWhatToDo(String line, String message) {
        assertThatThrownBy(() -> told(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatIsNoAddressAtAllIsWrongUsage() {
        assertThatThrownBy(() -> told("--alert-webhook ::"))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining("--alert-webhook");
    }
}
