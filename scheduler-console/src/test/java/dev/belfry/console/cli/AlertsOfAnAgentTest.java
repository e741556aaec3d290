package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code belfry agent} as an operator starts it, with receivers on the web and for mail that it was told of. */
@Timeout(180)
class AlertsOfAnAgentTest {

    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    /** What was posted where. */
    private record Post(String path, String id, JsonNode event) {}

    private final BlockingQueue<Post> posts = new LinkedBlockingQueue<>();

    private HttpServer receiver() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            JsonNode event =
                    new ObjectMapper().readTree(exchange.getRequestBody().readAllBytes());
            posts.add(new Post(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders().getFirst("Belfry-Event-Id"),
                    event));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void overdueFireReachesTheReceiversThatTheOptionsAndTheJobName(TestInfo test) throws Exception {
        HttpServer web = receiver();
        String host = "127.0.0.1:" + web.getAddress().getPort();
        String jobs = SERVED.file("overdue.yaml", """
                apiVersion: belfry/v1
                jobs:
                  - name: quiet
                    trigger: {every: 5s}
                    handler: nobody-has-it
                    tolerance: 1s
                    alerts: {silence: true}
                  - name: team
                    trigger: {every: 5s}
                    handler: nobody-has-it
                    tolerance: 1s
                    alerts: {webhook: "http://%s/team"}
                  - name: usual
                    trigger: {every: 5s}
                    handler: nobody-has-it
                    tolerance: 1s
                """.formatted(host));
        Console console = SERVED.console(test);
        String[] words = {
            "agent",
            "--zookeeper",
            SERVED.server().connectString(),
            "--namespace",
            ServedConsole.namespace(test),
            "--id",
            "told",
            "--allow-http",
            host,
            "--jobs",
            jobs,
            "--alert-webhook",
            "http://" + host + "/usual",
            "--allow-alerts",
            host,
            "--alert-mail",
            "ops@example.com",
            "--alert-mail-from",
            "belfry@example.com",
            "--smtp"
        };
        try (SmtpReceiver mail = new SmtpReceiver()) {
            String[] all = java.util.Arrays.copyOf(words, words.length + 1);
            all[words.length] = "127.0.0.1:" + mail.port();
            Thread agent = new Thread(() -> console.run("", all), "agent-command");
            agent.start();
            try {
                Post first = posts.poll(60, TimeUnit.SECONDS);
                Post second = posts.poll(60, TimeUnit.SECONDS);
                assertThat(first).as(console.err()).isNotNull();
                assertThat(second).as(console.err()).isNotNull();
                assertThat(java.util.List.of(first, second))
                        .allSatisfy(post -> {
                            String job = post.event().get("job").textValue();
                            assertThat(post.path()).isEqualTo("/" + job);
                            assertThat(post.id())
                                    .isEqualTo(post.event().get("id").textValue());
                            assertThat(post.event().get("explanation").toString())
                                    .contains("lacks handler 'nobody-has-it'");
                        })
                        .extracting(Post::path)
                        .contains("/team", "/usual");
                String letter = mail.mails().poll(60, TimeUnit.SECONDS);
                assertThat(letter)
                        .contains(
                                "MAIL FROM:<belfry@example.com>",
                                "RCPT TO:<ops@example.com>",
                                "Subject: Belfry: job '",
                                "Belfry-Event-Id: ",
                                "1 of 1 shards have no owner.");
                assertThat(mail.mails()).noneMatch(one -> one.contains("job 'quiet'"));
                assertThat(posts)
                        .noneMatch(one -> one.event().get("job").textValue().equals("quiet"));
            } finally {
                agent.interrupt();
                agent.join(60_000);
            }
        } finally {
            web.stop(0);
        }
    }
}
