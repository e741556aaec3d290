package dev.belfry.history.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.history.HistoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class H2HistoryStoreTest extends HistoryStoreContract {
    @TempDir
    Path directory;

    @Override
    Databases.Place place() {
        return Databases.h2(directory);
    }

    @Test
    void addressOfAnotherDatabaseIsRefused() {
        assertThatThrownBy(() -> HistoryDatabase.connect("jdbc:mysql://host/db?password=secret", "a", "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jdbc:postgresql:")
                .hasMessageNotContaining("secret");
    }

    @Test
    void serverThatIsNotThereIsUnavailable() {
        assertThatThrownBy(() -> HistoryDatabase.connect("jdbc:postgresql://127.0.0.1:1/none", "a", "b"))
                .isInstanceOfSatisfying(
                        HistoryException.class,
                        e -> org.assertj.core.api.Assertions.assertThat(e.kind())
                                .isEqualTo(HistoryException.Kind.UNAVAILABLE))
                .hasMessageContaining("check that it runs");
    }
}
