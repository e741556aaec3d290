package dev.belfry.store.zk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Where a password comes from. It is read when a connection is opened, and never logged. */
@FunctionalInterface
public interface ZkPassword extends Supplier<char[]> {

    /** A password in memory; the array is copied. */
    static ZkPassword of(char[] password) {
        char[] copy = password.clone();
        return copy::clone;
    }

    /**
     * The first line of a file, read each time that the password is needed. {@link #get} throws
     * {@link UncheckedIOException} if it cannot be read.
     */
    static ZkPassword file(Path file) {
        return () -> {
            try (var lines = Files.lines(file)) {
                return lines.findFirst().orElse("").toCharArray();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the password file " + file, e);
            }
        };
    }
}
