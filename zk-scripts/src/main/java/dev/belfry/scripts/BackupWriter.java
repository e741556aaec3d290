package dev.belfry.scripts;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Writes a backup: beside its place first, forced to the disk and read back, and only then in its place. What is there under
 * the name is whole or not there at all. Only its owner may read it, as definitions may hold what others are not to know.
 */
final class BackupWriter implements AutoCloseable {
    private final Path place;
    private final Path part;
    private final FileChannel channel;
    private final OutputStream out;
    private final MessageDigest digest = BackupReader.sha256();
    private String digits = "";
    private long znodes;
    private boolean finished;

    BackupWriter(Path place, BackupHeader header) throws IOException {
        this.place = place.toAbsolutePath();
        this.part = this.place.resolveSibling(this.place.getFileName() + ".part");
        Files.deleteIfExists(part);
        boolean posix = Files.getFileStore(directory()).supportsFileAttributeView("posix");
        if (posix) {
            Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(part);
        }
        this.channel = FileChannel.open(part, StandardOpenOption.WRITE);
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        line(BackupLine.header(header));
    }

    private Path directory() {
        Path directory = place.getParent();
        return directory == null ? place : directory;
    }

    void add(Copied znode) throws IOException {
        line(BackupLine.znode(znode));
        znodes++;
    }

    /**
     * Ends it, reads it back and puts it in its place.
     *
     * @param zxid no transaction after this one is in it
     * @return how many znodes it holds
     */
    long finish(long zxid) throws IOException {
        line(BackupLine.end(new BackupEnd(znodes, zxid, HexFormat.of().formatHex(digest.digest()))));
        out.flush();
        channel.force(true);
        channel.close();
        BackupReader.read(part, znode -> {});
        Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        finished = true;
        try (FileChannel folder = FileChannel.open(directory(), StandardOpenOption.READ)) {
            folder.force(true);
        }
        return znodes;
    }

    private void line(String json) throws IOException {
        digits = BackupLine.digits(digits, json);
        byte[] bytes = (digits + " " + json + "\n").getBytes(StandardCharsets.UTF_8);
        digest.update(bytes);
        out.write(bytes);
    }

    /** Leaves nothing behind unless it was finished. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) {
            Files.deleteIfExists(part);
        }
    }
}
