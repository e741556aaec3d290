package dev.belfry.agent.handler;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The hosts that definitions may name, each with one port or with the port that goes with http and https. */
final class AllowedHosts {
    private static final Pattern HOST = Pattern.compile(
            "([a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");

    private final Set<String> hosts = new TreeSet<>();

    /** @throws IllegalArgumentException if one of them is no {@code host} or {@code host:port} */
    AllowedHosts(Collection<String> allowed) {
        for (String entry : allowed) {
            String host = entry.toLowerCase(Locale.ROOT);
            if (!HOST.matcher(host).matches()) {
                throw new IllegalArgumentException("allowed hosts: '" + entry
                        + "' is not a host or host:port; patterns and whole addresses are not taken");
            }
            hosts.add(host);
        }
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("allowed hosts: the list is empty; name at least one host or host:port");
        }
    }

    /**
     * The address, if it leads to an allowed host.
     *
     * @throws IllegalArgumentException whose message completes a sentence that begins with the parameter's name
     */
    URI check(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not an address: " + e.getReason() + " at " + e.getIndex(), e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("has to begin with http:// or https://");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("names no host");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("holds a user or password; use a header");
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        int usual = scheme.equals("http") ? 80 : 443;
        int port = uri.getPort() < 0 ? usual : uri.getPort();
        boolean allowed = hosts.contains(host + ":" + port) || (port == usual && hosts.contains(host));
        if (!allowed) {
            throw new IllegalArgumentException("leads to " + host + ":" + port
                    + ", which the owner of this agent does not allow; allowed are " + hosts);
        }
        return uri;
    }
}
