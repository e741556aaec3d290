package dev.belfry.agent.client;

import java.util.List;

/**
 * Many records as they were read, and those that could not be.
 *
 * @param found in a defined order
 * @param problems one sentence for each record that cannot be read: which, why, and what to do
 */
public record Readings<T>(List<T> found, List<String> problems) {

    public Readings {
        found = List.copyOf(found);
        problems = List.copyOf(problems);
    }
}
