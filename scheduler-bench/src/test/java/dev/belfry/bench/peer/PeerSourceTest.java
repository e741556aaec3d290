package dev.belfry.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PeerSourceTest {

    @Test
    void aScriptIsCutIntoItsCommandsWithoutComments() {
        assertThat(PeerSource.commands(
                        "-- tables; all of them\ncreate table a (\n  b int);\n\ndrop table c;\nCOMMIT;\n"))
                .containsExactly("create table a (\n  b int)", "drop table c");
    }

    @Test
    void theTablesOfDbSchedulerAreThere() throws IOException {
        assertThat(PeerSource.commands(PeerSource.read("db-scheduler.sql"))).hasSize(3);
    }
}
