package dev.belfry.bench.pure;

import dev.belfry.core.job.DefinitionJson;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.BucketCodec;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.TableBuilder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The records of which most are written or read, each of a usual size. */
public enum Stored {
    /** The ledger of one shard with as many recent outcomes as it holds. */
    LEDGER {
        private final LedgerRecord ledger = Samples.ledger();

        @Override
        byte[] encode() {
            return LedgerCodec.encode(ledger);
        }

        @Override
        Object decode(byte[] bytes) {
            return LedgerCodec.decode("/ledger/00/job.1/0", bytes);
        }
    },
    /** The lines that a group commit of 50 fires leaves. */
    JOURNAL {
        private final List<FireEntry> lines = Samples.lines();

        @Override
        byte[] encode() {
            return FireJournal.encode(lines);
        }

        @Override
        Object decode(byte[] bytes) {
            return FireJournal.decode("/journal/agent-1~1/1", bytes);
        }
    },
    /** One bucket of the assignment table: a block of 1,024 shards, spread over ten agents. */
    TABLE {
        private final AssignmentTable table = Samples.table();

        @Override
        byte[] encode() {
            return BucketCodec.encode(table, List.of(Samples.BUCKET), Generation.of(1, 2))
                    .values()
                    .iterator()
                    .next();
        }

        @Override
        Object decode(byte[] bytes) {
            TableBuilder into = AssignmentTable.empty().toBuilder();
            BucketCodec.decode(Samples.BUCKET, bytes, into);
            return into.build();
        }
    },
    /** The definition of a job with most of what a definition can say. */
    DEFINITION {
        private final JobDefinition definition = Samples.definition();

        @Override
        byte[] encode() {
            return DefinitionJson.encode(definition).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        Object decode(byte[] bytes) {
            return DefinitionJson.decode(new String(bytes, StandardCharsets.UTF_8));
        }
    };

    abstract byte[] encode();

    abstract Object decode(byte[] bytes);
}
