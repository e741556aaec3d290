package dev.belfry.agent.handler;

import dev.belfry.agent.JobContext;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The request of an attempt, as its parameters describe it. */
record HttpCall(HttpRequest request, ExpectedStatus expected, Duration connect, Duration whole) {
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final List<String> KNOWN = List.of("url", "method", "body", "expect", "connect-timeout", "timeout");
    private static final String HEADER = "header.";
    private static final String OURS = "belfry-";

    static HttpCall of(JobContext context, AllowedHosts hosts) {
        Parameters parameters = new Parameters(context);
        parameters.refuseOthers(KNOWN, HEADER);
        String url = parameters.required("url", "the address to call");
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(hosts.check(url));
        } catch (IllegalArgumentException e) {
            throw parameters.refusal("url", String.valueOf(e.getMessage()));
        }
        String method = parameters.find("method").orElse("GET").toUpperCase(Locale.ROOT);
        if (!METHODS.contains(method)) {
            throw parameters.refusal("method", "is '" + method + "'; it may be one of " + METHODS);
        }
        request.method(
                method,
                parameters
                        .find("body")
                        .map(body -> HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                        .orElseGet(HttpRequest.BodyPublishers::noBody));
        headers(context, parameters, request);
        ExpectedStatus expected;
        try {
            expected = new ExpectedStatus(parameters.find("expect").orElse("200-299"));
        } catch (IllegalArgumentException e) {
            throw parameters.refusal("expect", String.valueOf(e.getMessage()));
        }
        return new HttpCall(
                request.build(),
                expected,
                parameters.duration("connect-timeout", Duration.ofSeconds(10)),
                parameters.duration("timeout", Duration.ofMinutes(1)));
    }

    private static void headers(JobContext context, Parameters parameters, HttpRequest.Builder request) {
        for (Map.Entry<String, String> header : parameters.below(HEADER).entrySet()) {
            String name = header.getKey();
            if (name.toLowerCase(Locale.ROOT).startsWith(OURS)) {
                throw parameters.refusal(HEADER + name, "cannot be set: headers that begin with Belfry- say who calls");
            }
            try {
                request.setHeader(name, header.getValue());
            } catch (IllegalArgumentException e) {
                throw parameters.refusal(
                        HEADER + name, "cannot be sent: " + OutputTail.printable(String.valueOf(e.getMessage())));
            }
        }
        request.setHeader("Belfry-Job", context.job());
        request.setHeader("Belfry-Run-Id", context.runId());
        request.setHeader("Belfry-Shard", Integer.toString(context.shard()));
        request.setHeader("Belfry-Shard-Count", Integer.toString(context.shardCount()));
        request.setHeader("Belfry-Scheduled-Time", context.scheduledTime().toString());
        request.setHeader("Belfry-Attempt", Integer.toString(context.attempt()));
        request.setHeader("Belfry-Fencing-Token", Long.toString(context.fencingToken()));
    }

    /** Method and address for people: without the query, which may hold secrets. */
    @Override
    public String toString() {
        URI uri = request.uri();
        return request.method() + " " + uri.getScheme() + "://" + uri.getRawAuthority()
                + (uri.getRawPath() == null ? "" : uri.getRawPath());
    }
}
