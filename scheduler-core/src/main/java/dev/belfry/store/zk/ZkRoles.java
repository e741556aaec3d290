package dev.belfry.store.zk;

import java.util.List;
import java.util.stream.Stream;

/**
 * Who may do what in a namespace: the ACL of every znode that is created. An id is written as ZooKeeper writes it, scheme
 * first: {@code digest:agent:<base64 of the hash>}, {@code x509:CN=agent,O=example}.
 *
 * @param agents may do everything; if empty, whoever creates a znode may
 * @param operators may do everything
 * @param readers may read
 */
public record ZkRoles(List<String> agents, List<String> operators, List<String> readers) {

    /** Only the creator of a znode may do anything with it. */
    public static final ZkRoles CREATOR = new ZkRoles(List.of(), List.of(), List.of());

    public ZkRoles {
        agents = List.copyOf(agents);
        operators = List.copyOf(operators);
        readers = List.copyOf(readers);
        for (String id :
                Stream.of(agents, operators, readers).flatMap(List::stream).toList()) {
            int colon = id.indexOf(':');
            if (colon <= 0 || colon == id.length() - 1) {
                throw new IllegalArgumentException(
                        "not a ZooKeeper id: '" + id + "'; write scheme:id, such as digest:user:hash or x509:CN=agent");
            }
            if (id.startsWith("digest:") && id.indexOf(':', colon + 1) < 0) {
                throw new IllegalArgumentException(
                        "the digest id '" + id
                                + "' has no hash; it is digest:<user>:<base64 of SHA-1 of user:password>, as zkCli's addauth and getAcl show");
            }
        }
    }
}
