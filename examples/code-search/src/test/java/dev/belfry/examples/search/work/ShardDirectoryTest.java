package dev.belfry.examples.search.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardDirectoryTest {
    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);
    private static final String C = "c".repeat(64);

    @TempDir
    Path folder;

    @Test
    void writerWithASmallerTokenNeverReplacesANewer() throws IOException {
        publish(shard(), 5, A);
        assertThatThrownBy(() -> publish(shard(), 4, B))
                .isInstanceOf(StaleWriterException.class)
                .hasMessageContaining("stage/0")
                .hasMessageContaining("token 5");
        assertThat(shard().manifest().orElseThrow().input()).isEqualTo(A);
        assertThatThrownBy(() -> shard().claim(4)).isInstanceOf(StaleWriterException.class);
    }

    @Test
    void claimOfAnotherProcessKeepsItsPredecessorOut() throws IOException {
        ShardDirectory old = shard();
        publish(old, 5, A);
        shard().claim(9);
        assertThatThrownBy(() -> publish(old, 6, B)).isInstanceOf(StaleWriterException.class);
        Manifest manifest = shard().manifest().orElseThrow();
        assertThat(manifest.input()).isEqualTo(A);
        assertThat(manifest.token()).isEqualTo(9);
    }

    @Test
    void claimOfTheSameProcessWritesNothing() throws IOException {
        ShardDirectory own = shard();
        publish(own, 5, A);
        own.claim(6);
        assertThat(own.manifest().orElseThrow().token()).isEqualTo(5);
    }

    @Test
    void currentGenerationAndTheOneBeforeAreKept() throws IOException {
        ShardDirectory shard = shard();
        publish(shard, 1, A);
        publish(shard, 2, B);
        publish(shard, 3, B);
        assertThat(shard.holds(A)).isTrue();
        publish(shard, 4, C);
        assertThat(shard.holds(A)).isFalse();
        assertThat(shard.holds(B)).isTrue();
        assertThat(shard.holds(C)).isTrue();
    }

    @Test
    void leftoversOfEarlierAttemptsAreRemovedAndThoseOfLaterOnesStay() throws IOException {
        ShardDirectory shard = shard();
        shard.claim(1);
        Path earlier = Files.createDirectory(shard.temporary(1));
        Files.writeString(earlier.resolve("half"), "x");
        Path later = Files.createDirectory(shard.temporary(3));
        publish(shard, 2, A);
        assertThat(earlier).doesNotExist();
        assertThat(later).exists();
    }

    @Test
    void generationThatIsThereStays() throws IOException {
        ShardDirectory shard = shard();
        publish(shard, 1, A);
        Path again = Files.createDirectory(shard.temporary(2));
        Files.writeString(again.resolve("file"), "other");
        shard.place(again, A);
        assertThat(shard.generation(A).resolve("file")).hasContent("1");
        assertThat(again).doesNotExist();
    }

    @Test
    void damagedManifestCountsAsNone() throws IOException {
        ShardDirectory shard = shard();
        publish(shard, 1, A);
        Path manifest = shard.file("manifest");
        String whole = Files.readString(manifest);
        Files.writeString(manifest, whole.substring(0, whole.length() - 5));
        assertThat(shard.manifest()).isEmpty();
        Files.writeString(manifest, whole.replace("token=1", "token=x"));
        assertThat(shard.manifest()).isEmpty();
        publish(shard, 2, A);
        assertThat(shard.manifest()).isPresent();
    }

    @Test
    void stageIsPublishedWhenAllShardsAreAndAgreesWhenTheyHaveOneInput() throws IOException {
        WorkDirectory work = new WorkDirectory(folder);
        publish(work.shard("stage", 0), 1, A, 2);
        assertThat(work.published("stage")).isEmpty();
        publish(work.shard("stage", 1), 1, B, 2);
        assertThat(work.published("stage").orElseThrow())
                .extracting(Manifest::input)
                .containsExactly(A, B);
        assertThat(work.agreed("stage")).isEmpty();
        publish(work.shard("stage", 1), 2, A, 2);
        assertThat(work.agreed("stage")).isPresent();
        publish(work.shard("stage", 1), 3, A, 3);
        assertThat(work.published("stage")).as("of two layouts").isEmpty();
    }

    @Test
    void fieldsHoldAnyCharacter() {
        String nasty = "a\tb\nc\\d\\te\r";
        assertThat(Fields.join(nasty, 7, "")).doesNotContain("\n");
        assertThat(Fields.split(Fields.join(nasty, 7, ""), 3)).containsExactly(nasty, "7", "");
        assertThatThrownBy(() -> Fields.split("a\tb", 3)).hasMessage("expected 3 fields, found 2");
    }

    /** As another process would open it. */
    private ShardDirectory shard() {
        return new WorkDirectory(folder).shard("stage", 0);
    }

    private static void publish(ShardDirectory shard, long token, String input) throws IOException {
        publish(shard, token, input, 1);
    }

    private static void publish(ShardDirectory shard, long token, String input, int shards) throws IOException {
        Files.createDirectories(shard.file("manifest").getParent());
        Path filled = Files.createDirectory(shard.temporary(token));
        Files.writeString(filled.resolve("file"), Long.toString(token));
        shard.place(filled, input);
        shard.publish(token, shards, input, new TreeMap<>());
    }
}
