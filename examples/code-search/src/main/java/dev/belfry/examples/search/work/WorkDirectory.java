package dev.belfry.examples.search.work;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The folder that all agents share: {@code <stage>/<shard>/} holds one manifest and the generations that it names.
 *
 * <p>Thread-safe; any number of processes may use the same folder at the same time.
 */
public final class WorkDirectory {
    private final Path root;
    private final String writer = UUID.randomUUID().toString();

    /** @param root created on first use */
    public WorkDirectory(Path root) {
        this.root = root;
    }

    /** The part of a stage that one shard writes. */
    public ShardDirectory shard(String stage, int shard) {
        return new ShardDirectory(root.resolve(stage).resolve(Integer.toString(shard)), stage + "/" + shard, writer);
    }

    /**
     * The manifests of all shards of a stage, in their order; empty unless every shard has published and all agree on
     * how many they are.
     */
    public Optional<List<Manifest>> published(String stage) throws IOException {
        List<Manifest> manifests = new ArrayList<>();
        int shards = 1;
        for (int shard = 0; shard < shards; shard++) {
            Optional<Manifest> manifest = shard(stage, shard).manifest();
            if (manifest.isEmpty() || (shard > 0 && manifest.get().shards() != shards)) {
                return Optional.empty();
            }
            shards = manifest.get().shards();
            manifests.add(manifest.get());
        }
        return Optional.of(List.copyOf(manifests));
    }

    /** As {@link #published}, and empty too unless all shards were made from the same input. */
    public Optional<List<Manifest>> agreed(String stage) throws IOException {
        return published(stage)
                .filter(all -> all.stream().map(Manifest::input).distinct().count() == 1);
    }
}
