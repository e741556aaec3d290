package dev.belfry.faults.machine;

import java.util.List;

/**
 * Where a process runs.
 *
 * @param host its address for everybody else
 * @param prefix what its command line begins with
 * @param namespace its network namespace; empty on loopback
 */
public record Place(String name, String host, List<String> prefix, String namespace) {
    public Place {
        prefix = List.copyOf(prefix);
    }
}
