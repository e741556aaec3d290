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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts each event as JSON to one address, or to several, whose hosts are on a list of those allowed.
 *
 * <p>An event of a job that names an {@link dev.belfry.core.job.JobAlerts#webhook address of its own} goes there instead if its
 * host is on the list; otherwise it goes where the others go, and the log says so once for each such address.
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
    /** Addresses that were refused and are remembered, so that the log says it once. */
    private static final int MOST_REFUSED = 1_000;

    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration[] PAUSES = {Duration.ofSeconds(1), Duration.ofSeconds(5)};

    private static final Logger LOG = LoggerFactory.getLogger(WebhookAlerts.class);

    private final List<URI> targets;
    private final AllowedHosts allowed;
    private final Set<URI> refused = ConcurrentHashMap.newKeySet();
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
        this(List.of(target), allowedHosts);
    }

    /**
     * @param targets http or https, each with a host; none if only jobs that name an address are to be told of
     * @param allowedHosts each a name with a port, or without one for the port that goes with http or https
     * @throws IllegalArgumentException if an address is none, or leads elsewhere
     */
    public WebhookAlerts(List<URI> targets, Collection<String> allowedHosts) {
        this(targets, allowedHosts, PAUSES);
    }

    WebhookAlerts(List<URI> targets, Collection<String> allowedHosts, Duration... pauses) {
        this.allowed = new AllowedHosts(allowedHosts);
        targets.forEach(target -> check(target, allowed));
        this.targets = List.copyOf(targets);
        this.pauses = pauses.clone();
    }

    private static void check(URI target, AllowedHosts allowed) {
        String scheme = target.getScheme();
        if (target.getHost() == null
                || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
                || target.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "not an address for events: it begins with http:// or https://, names a host and no user");
        }
        try {
            allowed.check(target);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the address for events " + e.getMessage(), e);
        }
    }

    @Override
    public void overdue(OverdueEvent event) throws IOException, InterruptedException {
        IOException failure = null;
        for (URI target : targets(event)) {
            try {
                tell(event, target);
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Where an event goes. */
    private List<URI> targets(OverdueEvent event) {
        Optional<URI> own = event.alerts().webhook();
        if (own.isEmpty()) {
            return targets;
        }
        try {
            check(own.get(), allowed);
            return List.of(own.get());
        } catch (IllegalArgumentException e) {
            if (refused.size() < MOST_REFUSED && refused.add(own.get())) {
                LOG.warn(
                        "events of job '{}' are not posted where it wants: {}; {}. Allow that host to every candidate for"
                                + " master, or change alerts.webhook of the job",
                        event.job(),
                        e.getMessage(),
                        targets.isEmpty() ? "they are posted nowhere" : "they go where those of other jobs go");
            }
            return targets;
        }
    }

    private void tell(OverdueEvent event, URI target) throws IOException, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            String problem;
            try {
                int status = post(event, target);
                if (status / 100 == 2) {
                    return;
                }
                problem = "answered " + status;
                if (status / 100 == 4 && status != 408 && status != 429) {
                    throw new IOException(brief(target) + " " + problem);
                }
            } catch (java.net.http.HttpTimeoutException | java.net.ConnectException e) {
                problem = "did not answer: " + e;
            }
            if (attempt == pauses.length) {
                throw new IOException(brief(target) + " " + problem + ", " + (attempt + 1) + " times");
            }
            var unused = never.await(pauses[attempt].toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private int post(OverdueEvent event, URI target) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target)
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .header("Belfry-Event-Id", event.id())
                .POST(HttpRequest.BodyPublishers.ofByteArray(event.encode()))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /** Without path and query, which may hold secrets. */
    private static String brief(URI target) {
        return "webhook " + FailureText.brief(target.getScheme() + "://" + target.getRawAuthority());
    }

    @Override
    public String toString() {
        return targets.isEmpty()
                ? "webhooks of jobs"
                : targets.stream().map(WebhookAlerts::brief).collect(Collectors.joining(", "));
    }
}
