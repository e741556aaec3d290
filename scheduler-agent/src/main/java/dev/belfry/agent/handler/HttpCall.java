package dev.belfry.agent.handler;

import dev.belfry.agent.JobContext;
import dev.belfry.core.job.HttpParameters;
import dev.belfry.core.ledger.FailureText;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/** The request of an attempt, as its parameters describe it. */
record HttpCall(HttpRequest request, HttpParameters parameters) {

    static HttpCall of(JobContext context, AllowedHosts hosts) {
        HttpParameters parameters = Parameters.read(context, HttpParameters::of);
        try {
            hosts.check(parameters.url());
        } catch (IllegalArgumentException e) {
            throw Parameters.refusal(context, "url", e);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(parameters.url());
        String body = parameters.body();
        request.method(
                parameters.method(),
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        parameters.headers().forEach(request::setHeader);
        request.setHeader("Belfry-Job", context.job());
        request.setHeader("Belfry-Run-Id", context.runId());
        request.setHeader("Belfry-Shard", Integer.toString(context.shard()));
        request.setHeader("Belfry-Shard-Count", Integer.toString(context.shardCount()));
        request.setHeader("Belfry-Scheduled-Time", context.scheduledTime().toString());
        request.setHeader("Belfry-Attempt", Integer.toString(context.attempt()));
        request.setHeader("Belfry-Fencing-Token", Long.toString(context.fencingToken()));
        return new HttpCall(request.build(), parameters);
    }

    /** Method and address for people: without the query, which may hold secrets, and without the end of a long one. */
    @Override
    public String toString() {
        URI uri = request.uri();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return request.method() + " " + FailureText.brief(uri.getScheme() + "://" + uri.getRawAuthority() + path);
    }
}
