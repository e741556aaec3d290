package dev.belfry.agent.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.belfry.core.job.JobAlerts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookAlertsTest {
    private final List<byte[]> bodies = new CopyOnWriteArrayList<>();
    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final List<String> ids = new CopyOnWriteArrayList<>();
    private final Deque<Integer> statuses = new ArrayDeque<>();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            bodies.add(exchange.getRequestBody().readAllBytes());
            paths.add(exchange.getRequestURI().getPath());
            ids.add(exchange.getRequestHeaders().getFirst("Belfry-Event-Id"));
            int status = statuses.isEmpty() ? 204 : statuses.remove();
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private WebhookAlerts webhook() {
        String host = "127.0.0.1:" + server.getAddress().getPort();
        Duration soon = Duration.ofMillis(10);
        return new WebhookAlerts(List.of(URI.create("http://" + host + "/hook?key=secret")), List.of(host), soon, soon);
    }

    @Test
    void eventIsPostedAsJsonWithItsExplanation() throws Exception {
        webhook().overdue(Events.of(0));
        JsonNode json = new ObjectMapper().readTree(bodies.get(0));
        assertThat(json.get("job").textValue()).isEqualTo("index");
        assertThat(json.get("first").textValue()).isEqualTo("2026-11-23T10:00:00Z");
        assertThat(json.get("fires").intValue()).isEqualTo(1);
        assertThat(json.get("toleranceMillis").intValue()).isEqualTo(60_000);
        assertThat(json.get("explanation").get(1).textValue()).isEqualTo("Shard 0 has not begun it.");
        assertThat(json.get("title").textValue())
                .isEqualTo("job 'index': the fire of 2026-11-23T10:00:00Z of shard 0 has no outcome after 1m");
        assertThat(ids).containsExactly(Events.of(0).id());
    }

    @Test
    void serverThatIsOutOfOrderIsAskedAgainAndThenGivenUp() throws Exception {
        statuses.addAll(List.of(503, 500));
        webhook().overdue(Events.of(0));
        assertThat(bodies).hasSize(3);
        statuses.addAll(List.of(503, 500, 502));
        assertThatThrownBy(() -> webhook().overdue(Events.of(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("answered 502, 3 times")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusalAndRedirectAreNotFollowed() {
        statuses.add(403);
        assertThatThrownBy(() -> webhook().overdue(Events.of(0))).hasMessageContaining("answered 403");
        assertThat(bodies).hasSize(1);
        statuses.addAll(List.of(302, 302, 302));
        assertThatThrownBy(() -> webhook().overdue(Events.of(0))).hasMessageContaining("answered 302, 3 times");
    }

    @Test
    void jobThatNamesAnAddressIsToldOfThereAloneIfItsHostIsAllowed() throws Exception {
        URI own = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/own");
        webhook().overdue(Events.of(0, JobAlerts.USUAL.withWebhook(own)));
        assertThat(paths).containsExactly("/own");
        String host = own.getRawAuthority();
        new WebhookAlerts(List.of(), List.of(host)).overdue(Events.of(1));
        assertThat(paths)
                .as("nothing is said of other jobs where no address is set")
                .hasSize(1);
    }

    @Test
    void jobThatNamesAHostThatIsNotAllowedIsToldOfWhereTheOthersAre() throws Exception {
        URI elsewhere = URI.create("http://localhost:" + server.getAddress().getPort() + "/own");
        webhook().overdue(Events.of(0, JobAlerts.USUAL.withWebhook(elsewhere)));
        assertThat(paths).containsExactly("/hook");
    }

    @Test
    void everyAddressIsToldThoughOneRefuses() {
        String host = "127.0.0.1:" + server.getAddress().getPort();
        statuses.add(403);
        WebhookAlerts both = new WebhookAlerts(
                List.of(URI.create("http://" + host + "/one"), URI.create("http://" + host + "/two")), List.of(host));
        assertThatThrownBy(() -> both.overdue(Events.of(0))).hasMessageContaining("answered 403");
        assertThat(paths).containsExactly("/one", "/two");
    }

    @Test
    void onlyAllowedHostsAreWrittenTo() {
        URI elsewhere = URI.create("http://169.254.169.254/latest");
        assertThatThrownBy(() -> new WebhookAlerts(elsewhere, List.of("hooks.example.com")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leads to 169.254.169.254:80");
        assertThatThrownBy(() -> new WebhookAlerts(URI.create("file:///etc/passwd"), List.of("example.com")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
