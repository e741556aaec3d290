package dev.belfry.core.job;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the parameters of a job say to the handler {@code http}.
 *
 * @param url absolute, of scheme http or https, with a host and without a user
 * @param method in upper case
 * @param headers by name as written
 * @param body null for none
 * @param expected the statuses that count as success
 * @param connectTimeout how long connecting may take
 * @param timeout how long all of it may take
 */
public record HttpParameters(
        URI url,
        String method,
        Map<String, String> headers,
        @Nullable String body,
        StatusSet expected,
        Duration connectTimeout,
        Duration timeout) {

    /** The name of the handler in definitions. */
    public static final String HANDLER = "http";

    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    /** Headers that belong to the connection. */
    private static final Set<String> CONNECTION = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,120}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e\\x80-\\xff\\t]{0,8192}");
    private static final EnumSet<Node.Type> TEXT = EnumSet.of(Node.Type.TEXT);
    private static final EnumSet<Node.Type> ANY = EnumSet.of(Node.Type.TEXT, Node.Type.NUMBER, Node.Type.BOOLEAN);

    public HttpParameters {
        headers = Map.copyOf(headers);
    }

    /**
     * Reads the parameters of an attempt.
     *
     * @throws IllegalDefinitionException if they are not what the handler takes, with everything that is wrong
     */
    public static HttpParameters of(Map<String, String> parameters) {
        return HandlerParameters.read(FORM, parameters);
    }

    private static final Key<HttpParameters, URI> URL = Key.required(
            "url",
            new ScalarShape<>(
                    "an address such as https://example.com/path",
                    TEXT,
                    Map.of("type", "string", "pattern", "^[Hh][Tt][Tt][Pp][Ss]?://", "maxLength", 8_192),
                    HttpParameters::address,
                    URI::toString),
            HttpParameters::url,
            "The address, of a host that the agent's owner allows.");
    private static final Key<HttpParameters, String> METHOD = Key.<HttpParameters, String>optional(
                    "method",
                    new ScalarShape<>(
                            String.join(" | ", METHODS),
                            TEXT,
                            Map.of(
                                    "enum",
                                    METHODS.stream()
                                            .flatMap(word -> List.of(word, word.toLowerCase(Locale.ROOT)).stream())
                                            .toList()),
                            HttpParameters::methodOf,
                            method -> method),
                    HttpParameters::method,
                    "The method.")
            .defaulting("GET");
    private static final Key<HttpParameters, String> BODY = Key.optional(
            "body",
            Scalars.literal("a text of at most 8,192 characters", 8_192),
            HttpParameters::body,
            "What is sent, as UTF-8.");
    private static final Key<HttpParameters, StatusSet> EXPECT = Key.<HttpParameters, StatusSet>optional(
                    "expect",
                    new ScalarShape<>(
                            "statuses and ranges such as 200,204,300-304",
                            EnumSet.of(Node.Type.TEXT, Node.Type.NUMBER),
                            Map.of(
                                    "type",
                                    List.of("string", "integer"),
                                    "pattern",
                                    "^\\s*[1-5][0-9]{2}[-0-9,\\s]*$",
                                    "minimum",
                                    100,
                                    "maximum",
                                    599),
                            StatusSet::parse,
                            StatusSet::toString),
                    HttpParameters::expected,
                    "The statuses that count as success.")
            .defaulting(StatusSet.SUCCESS);
    private static final Key<HttpParameters, Duration> CONNECT_TIMEOUT = Key.<HttpParameters, Duration>optional(
                    "connect-timeout",
                    Times.duration(Duration.ofMillis(1), Duration.ofDays(366)),
                    HttpParameters::connectTimeout,
                    "How long connecting may take.")
            .defaulting(Duration.ofSeconds(10));
    private static final Key<HttpParameters, Duration> TIMEOUT = Key.<HttpParameters, Duration>optional(
                    "timeout",
                    Times.duration(Duration.ofMillis(1), Duration.ofDays(366)),
                    HttpParameters::timeout,
                    "How long all of it may take, the answer's body included.")
            .defaulting(Duration.ofMinutes(1));
    private static final ParameterFamily HEADER = new ParameterFamily(
            "header.",
            "<name>",
            new ScalarShape<>(
                    "a line of at most 8,192 Latin characters",
                    ANY,
                    Map.of("type", List.of("string", "number", "boolean"), "maxLength", 8_192),
                    text -> {
                        if (!HEADER_VALUE.matcher(text).matches()) {
                            throw new Refused("holds a character that no header can");
                        }
                        return text;
                    },
                    value -> value),
            HttpParameters::headerProblem,
            ".+",
            "A header. Those that begin with `Belfry-` say who calls and cannot be set.");

    static final ParameterForm<HttpParameters> FORM = new ParameterForm<>(
            HANDLER,
            List.of(URL, METHOD, BODY, EXPECT, CONNECT_TIMEOUT, TIMEOUT),
            List.of(HEADER),
            HttpParameters::check,
            given -> new HttpParameters(
                    given.single().get(URL),
                    given.single().get(METHOD),
                    given.of(HEADER),
                    given.single().find(BODY),
                    given.single().get(EXPECT),
                    given.single().get(CONNECT_TIMEOUT),
                    given.single().get(TIMEOUT)));

    private static URI address(String text) throws Refused {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Not its index: Java versions differ in it.
            throw new Refused("is no address: " + e.getReason().toLowerCase(Locale.ROOT));
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new Refused("begins with neither http:// nor https://");
        }
        if (uri.getHost() == null) {
            throw new Refused("names no host");
        }
        if (uri.getRawUserInfo() != null) {
            throw new Refused(Complaint.of("holds a user or password").hinting("use a header"), 0);
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new Refused("names the port " + uri.getPort() + ", which does not exist");
        }
        return uri;
    }

    private static String methodOf(String text) throws Refused {
        String upper = text.toUpperCase(Locale.ROOT);
        boolean oneCase = text.equals(upper) || text.equals(text.toLowerCase(Locale.ROOT));
        if (!oneCase || !METHODS.contains(upper)) {
            throw new Refused(Complaint.of("is " + Complaint.quote(text)).nearest(text, METHODS), 0);
        }
        return upper;
    }

    private static Optional<Complaint> headerProblem(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!HEADER_NAME.matcher(name).matches()) {
            return Optional.of(Complaint.of("is no name of a header").expecting("letters, digits and hyphens"));
        }
        if (lower.startsWith("belfry-")) {
            return Optional.of(Complaint.of("cannot be set: headers that begin with Belfry- say who calls"));
        }
        return CONNECTION.contains(lower)
                ? Optional.of(Complaint.of("cannot be set: this header belongs to the connection"))
                : Optional.empty();
    }

    private static void check(ParameterForm.Given given) {
        Set<String> seen = new HashSet<>();
        for (String name : given.of(HEADER).keySet()) {
            if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                given.report(HEADER, name, Complaint.of("is there twice, in different letters: headers ignore case"));
            }
        }
    }
}
