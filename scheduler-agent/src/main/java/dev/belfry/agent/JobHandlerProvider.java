package dev.belfry.agent;

import java.util.Map;
import java.util.Optional;

/**
 * A set of job handlers that the {@code belfry} command finds on its class path through {@link
 * java.util.ServiceLoader}. An embedded agent does not need one: it registers its handlers itself.
 *
 * <p>The implementer's duties: a public class with a public constructor without parameters; every method may be called
 * from any thread, repeatedly, and in another process than the one that runs the handlers. The configuration comes
 * from the command line, its keys are the provider's own and keys that it does not know are left alone. When a value
 * cannot be used a method throws {@link IllegalArgumentException} that names the key and says what is expected; when
 * files cannot be read or written, {@link java.io.UncheckedIOException}.
 */
public interface JobHandlerProvider {
    /**
     * The handlers, by the name under which job definitions ask for them. Empty when the configuration holds nothing
     * for this provider.
     */
    Map<String, JobHandler> handlers(Map<String, String> configuration);

    /**
     * The definitions of the jobs that go with the handlers, as a YAML document of {@code belfry/v1}. Empty when the
     * provider brings handlers alone, or when the configuration holds nothing for it.
     */
    Optional<String> definitions(Map<String, String> configuration);

    /**
     * What the jobs have achieved so far, in one line for a person to read; empty when there is nothing to tell. It is
     * read from what the jobs have published, costs little, and is meant to be called once a second.
     */
    default Optional<String> status(Map<String, String> configuration) {
        return Optional.empty();
    }

    /**
     * Computes the jobs' result by a simpler way, in this process, and compares it with what the jobs have published.
     * It may take as long as the jobs themselves. Empty when the provider has no such way.
     */
    default Optional<CheckResult> check(Map<String, String> configuration) {
        return Optional.empty();
    }

    /** Whether the jobs have nothing left to do for their present input. Meant to be called once a second. */
    default boolean settled(Map<String, String> configuration) {
        return true;
    }
}
