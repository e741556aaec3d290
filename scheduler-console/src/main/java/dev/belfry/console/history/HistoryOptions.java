package dev.belfry.console.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that say where the history is. As with the connection each has a variable of the environment, and the password
 * is no option. Not thread-safe; filled by picocli.
 */
public final class HistoryOptions {
    private static final String DEFAULT_USER = "belfry";

    @Option(
            names = "--history-url",
            paramLabel = "JDBC",
            description = "Database of the history: jdbc:postgresql://host/database or jdbc:h2:file:/path. Default:"
                    + " $BELFRY_HISTORY_URL.")
    private @Nullable String url;

    @Option(
            names = "--history-user",
            paramLabel = "NAME",
            description = "User of that database. Default: $BELFRY_HISTORY_USER, else '" + DEFAULT_USER + "'.")
    private @Nullable String user;

    @Option(
            names = "--history-password-file",
            paramLabel = "FILE",
            description =
                    "File whose first line is the user's password. Default: $BELFRY_HISTORY_PASSWORD_FILE, else the"
                            + " password in $BELFRY_HISTORY_PASSWORD, else none.")
    private @Nullable Path passwordFile;

    private Map<String, String> environment = System.getenv();

    /** Takes variables from {@code variables} instead of the process's environment. */
    public void environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
    }

    Map<String, String> environment() {
        return environment;
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /**
     * Where the history is, if it is said.
     *
     * @throws IllegalArgumentException if it is said in a way that cannot be right, saying what to give
     */
    public Optional<HistoryAddress> address() {
        Optional<String> given = Optional.ofNullable(url).or(() -> variable("BELFRY_HISTORY_URL"));
        if (given.isEmpty()) {
            if (user != null || passwordFile != null) {
                throw new IllegalArgumentException(
                        "--history-user and --history-password-file need --history-url JDBC");
            }
            return Optional.empty();
        }
        String text = given.get();
        if (!text.startsWith("jdbc:postgresql:") && !text.startsWith("jdbc:h2:")) {
            throw new IllegalArgumentException("--history-url: the history is kept in PostgreSQL or H2, not at '"
                    + text.replaceAll("[?;@].*", "") + "'; begin with jdbc:postgresql: or jdbc:h2:");
        }
        String name = Optional.ofNullable(user)
                .or(() -> variable("BELFRY_HISTORY_USER"))
                .orElse(DEFAULT_USER);
        return Optional.of(new HistoryAddress(text, name, password()));
    }

    private String password() {
        Optional<Path> file = Optional.ofNullable(passwordFile)
                .or(() -> variable("BELFRY_HISTORY_PASSWORD_FILE").map(Path::of));
        if (file.isEmpty()) {
            return variable("BELFRY_HISTORY_PASSWORD").orElse("");
        }
        try {
            return Files.readString(file.get()).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new IllegalArgumentException("--history-password-file: no readable file " + file.get(), e);
        }
    }
}
