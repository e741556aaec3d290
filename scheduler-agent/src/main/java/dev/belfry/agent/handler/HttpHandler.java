package dev.belfry.agent.handler;

import dev.belfry.agent.JobContext;
import dev.belfry.agent.JobHandler;
import dev.belfry.core.job.HttpParameters;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The handler {@code http}: sends a request to a host that the agent's owner allows.
 *
 * <p>Parameters: {@code url}; {@code method}, GET unless given; {@code header.<name>}; {@code body}, sent as UTF-8;
 * {@code expect}, the statuses that count as success, 200-299 unless given; {@code connect-timeout}, 10 s; {@code
 * timeout} for all of it, 1 min. The headers {@code Belfry-Job}, {@code -Run-Id}, {@code -Shard}, {@code -Shard-Count},
 * {@code -Scheduled-Time}, {@code -Attempt} and {@code -Fencing-Token} say who calls.
 *
 * <p>Redirects are not followed: the status of one is an answer like any other. A failure
 * is recorded with the status and the end of the answer's body, up to 700 bytes on one line; the last 16 KiB of it go to
 * the job's log: at level info if the call succeeded, else at level debug. When the attempt is told to stop the connection is closed.
 *
 * <p>Thread-safe.
 */
public final class HttpHandler implements JobHandler {
    /** The name under which definitions ask for it. */
    public static final String NAME = HttpParameters.HANDLER;

    private static final int MOST_CLIENTS = 8;

    private final AllowedHosts allowed;
    /** By connect time-out, which belongs to a client; the ones used last. */
    private final Map<Duration, HttpClient> clients = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Duration, HttpClient> eldest) {
            return size() > MOST_CLIENTS;
        }
    };

    /**
     * A handler for requests to these hosts.
     *
     * @param hosts each a name with a port, {@code example.com:8080}, or without one, {@code example.com}, for the port
     *     that goes with http or https
     * @throws IllegalArgumentException if one is neither, or there is none
     */
    public HttpHandler(Collection<String> hosts) {
        this.allowed = new AllowedHosts(hosts);
    }

    @Override
    public void run(JobContext context) throws Exception {
        HttpCall call = HttpCall.of(context, allowed);
        OutputTail body = new OutputTail();
        CompletableFuture<HttpResponse<Void>> answer = client(call.parameters().connectTimeout())
                .sendAsync(
                        call.request(),
                        HttpResponse.BodyHandlers.ofByteArrayConsumer(
                                part -> part.ifPresent(bytes -> body.write(bytes, 0, bytes.length))));
        context.onCancel(() -> answer.cancel(true));
        try {
            report(
                    context,
                    call,
                    answer.get(call.parameters().timeout().toNanos(), TimeUnit.NANOSECONDS)
                            .statusCode(),
                    body);
        } catch (TimeoutException e) {
            throw new TimeoutException(call + " was not answered in full within "
                    + call.parameters().timeout());
        } catch (CancellationException | ExecutionException e) {
            if (context.isCancelled()) {
                throw new InterruptedException(call + " was cut off: the attempt was told to stop");
            }
            throw new IOException(call + " failed: " + e.getCause(), e.getCause());
        } finally {
            answer.cancel(true); // no effect if it is complete; otherwise nobody waits for it any more
        }
    }

    private HttpClient client(Duration connect) {
        synchronized (clients) {
            return clients.computeIfAbsent(
                    connect,
                    timeout -> HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .connectTimeout(timeout)
                            .build());
        }
    }

    private static void report(JobContext context, HttpCall call, int status, OutputTail body)
            throws FailedCallException {
        String text = body.text();
        if (call.parameters().expected().holds(status)) {
            context.logger().info("{} answered {}:\n{}", call, status, text);
            return;
        }
        context.logger().debug("{} answered {}:\n{}", call, status, text);
        throw FailedCallException.with(
                call + " answered " + status + ", expected " + call.parameters().expected(), text);
    }
}
