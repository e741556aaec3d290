package dev.belfry.history.export;

import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The one place of the exporter of a namespace: an ephemeral znode. It spares work, and says who works; that nothing is written
 * twice does not depend on it.
 */
final class Seat {
    private final JournalAccess access;
    private final String name;

    Seat(JournalAccess access, String name) {
        this.access = access;
        this.name = name;
    }

    /** Takes the place if nobody has it. Empty if it is ours, else the name of who has it. */
    Optional<String> take() {
        Optional<Znode> taken = access.read(Paths.EXPORTER);
        if (taken.isEmpty()) {
            access.commit(Transaction.at("export-seat")
                    .createEphemeral(Paths.EXPORTER, name.getBytes(StandardCharsets.UTF_8))
                    .build());
            taken = access.read(Paths.EXPORTER);
        }
        if (taken.isEmpty()) {
            throw new AwayException(
                    "the exporter's place at " + Paths.EXPORTER
                            + " can not be taken: no agent was ever started in this namespace, or another exporter has just left");
        }
        boolean ours = taken.get().ephemeralOwner() == access.session().id();
        return ours ? Optional.empty() : Optional.of(new String(taken.get().data(), StandardCharsets.UTF_8));
    }

    /** Lets another one take the place, if it is ours. */
    void leave() {
        Optional<Znode> taken = access.read(Paths.EXPORTER);
        if (taken.isPresent()
                && taken.get().ephemeralOwner() == access.session().id()) {
            access.commit(Transaction.at("export-leave")
                    .delete(Paths.EXPORTER, taken.get().version())
                    .build());
        }
    }
}
