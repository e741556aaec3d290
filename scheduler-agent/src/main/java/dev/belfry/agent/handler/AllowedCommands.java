package dev.belfry.agent.handler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * The directory whose executables definitions may name. Whoever may write to it decides what runs on this machine: it is
 * refused if everyone may.
 */
final class AllowedCommands {
    private final Path directory;

    /** @throws IllegalArgumentException if it is no directory, or everyone may write to it */
    AllowedCommands(Path directory) {
        try {
            this.directory = directory.toRealPath();
            if (!Files.isDirectory(this.directory)) {
                throw new IllegalArgumentException("allowed commands: " + directory + " is not a directory");
            }
            if (this.directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Set<PosixFilePermission> rights = Files.getPosixFilePermissions(this.directory);
                if (rights.contains(PosixFilePermission.OTHERS_WRITE)) {
                    throw new IllegalArgumentException("allowed commands: everyone may write to " + directory
                            + ", and so run anything on this machine; take that right away (chmod o-w)");
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "allowed commands: cannot read the directory " + directory + ": " + e, e);
        }
    }

    /**
     * The executable of this name.
     *
     * @param name of a file; whatever leads out of the directory is refused
     * @throws IllegalArgumentException whose message completes a sentence that begins with the parameter's name
     */
    Path find(String name) {
        Path file;
        try {
            file = directory.resolve(name).toRealPath();
        } catch (IOException | java.nio.file.InvalidPathException e) {
            throw new IllegalArgumentException(
                    "names no file in " + directory + ": '" + name
                            + "'; the owner of this agent puts executables there",
                    e);
        }
        if (!directory.equals(file.getParent())) {
            throw new IllegalArgumentException(
                    "'" + name + "' is a link out of " + directory + "; only files in the directory itself may run");
        }
        if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
            throw new IllegalArgumentException("'" + name + "' in " + directory + " is not an executable file");
        }
        return file;
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
