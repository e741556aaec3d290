package dev.belfry.history.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
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
                        HistoryException.class, e -> assertThat(e.kind()).isEqualTo(HistoryException.Kind.UNAVAILABLE))
                .hasMessageContaining("check that it runs");
    }

    @Test
    void fileThatIsNotThereIsNamedAndNotMade() {
        Path file = directory.resolve("none");
        assertThatThrownBy(() -> HistoryDatabase.existing(HistoryDatabase.sharedH2(file), "belfry", ""))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("there is none at jdbc:h2:file:" + file)
                .hasMessageContaining("belfry export-history")
                .hasMessageNotContaining("IFEXISTS");
        assertThat(directory.resolve("none.mv.db")).doesNotExist();
    }

    @Test
    void addressToShareCanBeOpened() {
        HistoryDatabase made =
                HistoryDatabase.connect(HistoryDatabase.sharedH2(directory.resolve("shared")), "belfry", "");
        made.close();
        assertThat(directory.resolve("shared.mv.db")).exists();
    }
}
