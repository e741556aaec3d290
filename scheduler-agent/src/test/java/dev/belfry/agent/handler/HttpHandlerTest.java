package dev.belfry.agent.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.belfry.agent.LogLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HttpHandlerTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final Map<String, String> headers = new ConcurrentHashMap<>();
    private HttpServer server;
    private String base;
    private LogLines log;

    @BeforeEach
    void start() throws IOException {
        log = new LogLines("dev.belfry.job");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        base = "http://localhost:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
        log.close();
    }

    /** Answers {@code /status/<n>} with n, hangs on {@code /silent}, and never ends the body of {@code /endless}. */
    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(), values.get(0)));
        seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
        if (path.equals("/silent")) {
            return;
        }
        if (path.equals("/endless")) {
            exchange.sendResponseHeaders(200, 0);
            byte[] chunk = "and on ".repeat(1000).getBytes(StandardCharsets.UTF_8);
            while (!threads.isShutdown()) {
                exchange.getResponseBody().write(chunk);
            }
            return;
        }
        int status = path.startsWith("/status/") ? Integer.parseInt(path.substring("/status/".length())) : 200;
        exchange.getResponseHeaders().add("Location", "http://localhost:1/elsewhere");
        byte[] text = ("answer to " + path).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, status == 204 || status == 304 ? -1 : text.length);
        if (status != 204 && status != 304) {
            exchange.getResponseBody().write(text);
        }
        exchange.close();
    }

    private HttpHandler handler() {
        return new HttpHandler(List.of("localhost:" + server.getAddress().getPort(), "other.example"));
    }

    private void run(String... parameters) throws Exception {
        handler().run(new ScriptedContext(parameters));
    }

    @Test
    void requestIsSentAsDescribedAndSaysWhoCalls() throws Exception {
        run(
                "url",
                base + "/a?b=c",
                "method",
                "post",
                "body",
                "grüße",
                "header.X-Key",
                "k1",
                "header.Content-Type",
                "t/x");
        assertThat(seen).containsExactly("POST /a?b=c grüße");
        assertThat(headers)
                .containsEntry("x-key", "k1")
                .containsEntry("content-type", "t/x")
                .containsEntry("belfry-job", "call")
                .containsEntry("belfry-run-id", "uid1@2026-11-22T12:00:00Z")
                .containsEntry("belfry-shard", "1")
                .containsEntry("belfry-shard-count", "4")
                .containsEntry("belfry-scheduled-time", "2026-11-22T12:00:00Z")
                .containsEntry("belfry-attempt", "2")
                .containsEntry("belfry-fencing-token", "77");
        assertThat(log.anyWith("INFO", "answered 200:\nanswer to /a")).isTrue();
        assertThat(log.lines()).as("a query may hold secrets").noneMatch(line -> line.contains("b=c"));
    }

    @Test
    void statusDecides() throws Exception {
        run("url", base + "/status/204");
        run("url", base + "/status/404", "expect", "200, 400-404");
        assertThatThrownBy(() -> run("url", base + "/status/500"))
                .isInstanceOf(FailedCallException.class)
                .hasMessageContaining(
                        "GET " + base + "/status/500 answered 500, expected 200-299: answer to /status/500");
        assertThatThrownBy(() -> run("url", base + "/status/200", "expect", "201"))
                .hasMessageContaining("answered 200");
    }

    @Test
    void redirectIsAnAnswerAndNotFollowed() throws Exception {
        assertThatThrownBy(() -> run("url", base + "/status/302")).hasMessageContaining("answered 302");
        run("url", base + "/status/302", "expect", "302");
        assertThat(seen).hasSize(2);
    }

    @Test
    void addressesThatAreNotAllowedAreRefusedBeforeAnythingIsSent() {
        int port = server.getAddress().getPort();
        for (String url : List.of(
                "http://127.0.0.1:" + port + "/",
                "http://localhost:" + (port + 1) + "/",
                "http://localhost/",
                "https://localhost/",
                "http://localhost." + ":" + port + "/",
                "http://localhost:" + port + "@evil.example/",
                "http://evil.example#@localhost:" + port + "/",
                "http://evil.example/?localhost:" + port,
                "http://sub.other.example/",
                "http://other.example:8080/",
                "http://user:secret@localhost:" + port + "/",
                "file:///etc/passwd",
                "ftp://other.example/",
                "//localhost:" + port + "/",
                "localhost:" + port,
                "http:///path",
                "http://my_host/",
                "http://localhost:" + port + "\\@evil.example/",
                "http://localhost:" + port + "/ x",
                "http://localhost:" + port + "/\r\nX: y",
                "http://[::1",
                "not an address",
                " ")) {
            assertThatThrownBy(() -> run("url", url))
                    .as(url)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("job call: parameters.url: ");
        }
        assertThat(seen).isEmpty();
        AllowedHosts hosts = new AllowedHosts(List.of("Other.Example", "[::1]:8080"));
        hosts.check(URI.create("HTTPS://OTHER.example/x"));
        hosts.check(URI.create("http://other.example:80"));
        hosts.check(URI.create("http://[::1]:8080/"));
        assertThatThrownBy(() -> hosts.check(URI.create("http://[::1]/"))).hasMessageContaining("allowed are");
    }

    @Test
    void parametersThatCannotBeUsedAreRefusedByName() {
        assertRefused(": url is missing", "method", "GET");
        assertRefused(".method: ", "url", base, "method", "CONNECT");
        assertRefused(".method: ", "url", base, "method", "GET / HTTP/1.1\r\nX:");
        assertRefused(".expect: ", "url", base, "expect", "all");
        assertRefused(".expect: ", "url", base, "expect", "299-200");
        assertRefused(".expect: ", "url", base, "expect", "200,");
        assertRefused(".timeout: ", "url", base, "timeout", "soon");
        assertRefused(".timeout: ", "url", base, "timeout", "0s");
        assertRefused(".connect-timeout: ", "url", base, "connect-timeout", "-1s");
        assertRefused("[\"headers.X\"]: ", "url", base, "headers.X", "y");
        assertRefused("[\"header.X\"]: ", "url", base, "header.X", "y\r\nEvil: 1");
        assertRefused("[\"header.X Y\"]: ", "url", base, "header.X Y", "z");
        assertRefused("[\"header.Host\"]: ", "url", base, "header.Host", "evil.example");
        assertRefused("[\"header.belfry-fencing-token\"]: ", "url", base, "header.belfry-fencing-token", "9");
        assertThat(seen).isEmpty();
    }

    private void assertRefused(String name, String... parameters) {
        assertThatThrownBy(() -> run(parameters))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("job call: parameters" + name);
    }

    @Test
    void hostsThatAreNoHostsAreRefusedAtOnce() {
        for (String host : List.of("*", "*.example", "http://a", "a/b", "a:port", "a b", "", "u@a")) {
            assertThatThrownBy(() -> new HttpHandler(List.of(host)))
                    .as(host)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + host + "'");
        }
        assertThatThrownBy(() -> new HttpHandler(List.of())).hasMessageContaining("empty");
    }

    @Test
    void silentServerAndEndlessAnswerEndWithTheTimeOut() {
        for (String path : List.of("/silent", "/endless")) {
            assertThatThrownBy(() -> run("url", base + path, "timeout", "300ms"))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("GET " + base + path + " was not answered in full within PT0.3S");
        }
    }

    @Test
    void serverThatCannotBeReachedIsNamed() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        HttpHandler handler = new HttpHandler(List.of("localhost:" + free));
        assertThatThrownBy(() -> handler.run(new ScriptedContext("url", "http://localhost:" + free + "/x")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("GET http://localhost:" + free + "/x failed: ");
    }

    @Test
    void cancelAndInterruptCutTheRequestOff() throws Exception {
        for (boolean byInterrupt : new boolean[] {false, true}) {
            seen.clear();
            ScriptedContext context = new ScriptedContext("url", base + "/silent");
            CompletableFuture<Throwable> ended = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    handler().run(context);
                    ended.complete(null);
                } catch (Throwable e) {
                    ended.complete(e);
                }
            });
            thread.start();
            Awaitility.await().until(() -> !seen.isEmpty());
            if (byInterrupt) {
                thread.interrupt();
            } else {
                context.cancel();
            }
            assertThat(ended.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        }
    }
}
