package dev.belfry.agent.alert;

import dev.belfry.agent.handler.AllowedHosts;
import dev.belfry.core.ledger.FailureText;
import dev.belfry.core.overdue.OverdueEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Posts each event as JSON to one address, whose host is on a list of those allowed.
 *
 * <p>The body is {@link OverdueEvent#encode}; the header {@code Belfry-Event-Id} names the event, so that a receiver can tell
 * a repetition: an answer that is lost on its way makes one. Any status of 2xx is success. Anything else, or none within the
 * time-out, is tried again after 1 s and after 5 s, and then given up; a status of 4xx other than 408 and 429 is given up at
 * once. Redirects are not followed, and the answer's body is not read.
 *
 * <p>Thread-safe.
 */
public final class WebhookAlerts implements AlertListener {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration[] PAUSES = {Duration.ofSeconds(1), Duration.ofSeconds(5)};

    private final URI target;
    private final Duration[] pauses;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
    /** Never counted down: what waits on it waits its time, and can be interrupted. */
    private final CountDownLatch never = new CountDownLatch(1);

    /**
     * @param target http or https, with a host
     * @param allowedHosts each a name with a port, or without one for the port that goes with http or https
     * @throws IllegalArgumentException if the address is none, or leads elsewhere
     */
    public WebhookAlerts(URI target, Collection<String> allowedHosts) {
        this(target, allowedHosts, PAUSES);
    }

    WebhookAlerts(URI target, Collection<String> allowedHosts, Duration... pauses) {
        String scheme = target.getScheme();
        if (target.getHost() == null
                || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
                || target.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "not an address for events: it begins with http:// or https://, names a host and no user");
        }
        try {
            new AllowedHosts(allowedHosts).check(target);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the address for events " + e.getMessage(), e);
        }
        this.target = target;
        this.pauses = pauses.clone();
    }

    @Override
    public void overdue(OverdueEvent event) throws IOException, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            String problem;
            try {
                int status = post(event);
                if (status / 100 == 2) {
                    return;
                }
                problem = "answered " + status;
                if (status / 100 == 4 && status != 408 && status != 429) {
                    throw new IOException(this + " " + problem);
                }
            } catch (java.net.http.HttpTimeoutException | java.net.ConnectException e) {
                problem = "did not answer: " + e;
            }
            if (attempt == pauses.length) {
                throw new IOException(this + " " + problem + ", " + (attempt + 1) + " times");
            }
            var unused = never.await(pauses[attempt].toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private int post(OverdueEvent event) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target)
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .header("Belfry-Event-Id", event.id())
                .POST(HttpRequest.BodyPublishers.ofByteArray(event.encode()))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /** Without path and query, which may hold secrets. */
    @Override
    public String toString() {
        return "webhook " + FailureText.brief(target.getScheme() + "://" + target.getRawAuthority());
    }
}
