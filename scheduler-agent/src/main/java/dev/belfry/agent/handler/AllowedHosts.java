package dev.belfry.agent.handler;

import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The hosts that requests may go to, each with one port or with the port that goes with http and https. */
public final class AllowedHosts {
    private static final Pattern HOST = Pattern.compile(
            "([a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");

    private final Set<String> hosts = new TreeSet<>();

    /** @throws IllegalArgumentException if one of them is no {@code host} or {@code host:port} */
    public AllowedHosts(Collection<String> allowed) {
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
     * Refuses an address that does not lead to an allowed host.
     *
     * @param uri of scheme http or https, with a host
     * @throws IllegalArgumentException whose message completes a sentence that begins with the parameter's name
     */
    public void check(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        int usual = uri.getScheme().equalsIgnoreCase("http") ? 80 : 443;
        int port = uri.getPort() < 0 ? usual : uri.getPort();
        boolean allowed = hosts.contains(host + ":" + port) || (port == usual && hosts.contains(host));
        if (!allowed) {
            throw new IllegalArgumentException("leads to " + host + ":" + port
                    + ", which the owner of this agent does not allow; allowed are " + hosts);
        }
    }
}
